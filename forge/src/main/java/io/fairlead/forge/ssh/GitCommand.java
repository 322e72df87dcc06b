package io.fairlead.forge.ssh;

import io.fairlead.base.thread.ComputingThread;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.forge.database.DatabaseUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command of a client, on a thread of its own, since it waits for both sides and computes for long. */
final class GitCommand implements Command {
    private static final Logger log = LoggerFactory.getLogger(GitCommand.class);
    private static final int FAILED = 128;

    private final Work work;
    private final Duration timeMax;
    private @Nullable InputStream in;
    private @Nullable OutputStream out;
    private @Nullable OutputStream err;
    private @Nullable ExitCallback exit;
    private @Nullable Thread worker;

    /** What is done for the client; gives the exit code. */
    interface Work {
        int run(InputStream in, OutputStream out, OutputStream err, Environment environment) throws IOException;
    }

    GitCommand(Work work, Duration timeMax) {
        this.work = work;
        this.timeMax = timeMax;
    }

    @Override
    public void setInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
        this.err = err;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        this.exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
        InputStream input = given(in);
        OutputStream output = given(out);
        OutputStream errors = given(err);
        ExitCallback callback = given(exit);
        Thread started =
                ComputingThread.start("ssh-git", () -> callback.onExit(run(input, output, errors, environment)));
        worker = started;
        VirtualThreads.start("ssh-git-limit", () -> {
            try {
                if (!started.join(timeMax)) {
                    channel.getSession().close(true);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private int run(InputStream input, OutputStream output, OutputStream errors, Environment environment) {
        try {
            return work.run(input, output, errors, environment);
        } catch (IOException e) {
            log.debug("a client left in the middle of a command", e);
        } catch (DatabaseUnavailableException e) {
            log.warn("a command over SSH failed: {} ({})", e.getMessage(), e.code());
            tell(errors, "Fairlead: the database does not answer, try again in a moment\n");
        } catch (RuntimeException e) {
            log.error("a command over SSH failed", e);
        }
        return FAILED;
    }

    private static void tell(OutputStream errors, String sentence) {
        try {
            errors.write(sentence.getBytes(StandardCharsets.UTF_8));
            errors.flush();
        } catch (IOException e) {
            log.debug("a client left before it was told why its command failed", e);
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        if (worker != null) {
            worker.interrupt();
        }
    }

    private static <T> T given(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("a command was started without its streams");
        }
        return part;
    }
}
