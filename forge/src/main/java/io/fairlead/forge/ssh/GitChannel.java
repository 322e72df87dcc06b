package io.fairlead.forge.ssh;

import java.io.IOException;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;
import org.jspecify.annotations.Nullable;

/** A channel that runs a command or says hello: no terminal, no forwarding, no subsystems, one variable. */
final class GitChannel extends ChannelSession {
    /** Says which version of Git's protocol the client would like. */
    static final String PROTOCOL = "GIT_PROTOCOL";

    private static final int PROTOCOL_LENGTH_MAX = 256;

    @Override
    protected RequestHandler.Result handleInternalRequest(String type, boolean wantReply, Buffer buffer)
            throws IOException {
        return switch (type) {
            case "env", "exec", "shell", "signal" -> super.handleInternalRequest(type, wantReply, buffer);
            default -> RequestHandler.Result.ReplyFailure;
        };
    }

    @Override
    protected RequestHandler.Result handleEnvParsed(@Nullable String name, @Nullable String value) throws IOException {
        return PROTOCOL.equals(name) && value != null && value.length() <= PROTOCOL_LENGTH_MAX
                ? super.handleEnvParsed(name, value)
                : RequestHandler.Result.ReplyFailure;
    }
}
