package io.fairlead.cli.access;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The program that a kubeconfig names for a credential, run as kubectl runs it; what it says on standard error is seen.
 *
 * @param environment added to this process's own
 */
record CredentialProgram(String command, List<String> arguments, Map<String, String> environment) {
    /** Longer than our own waits for its server. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(80);

    private static final int ANSWER_BYTES_MAX = 1 << 20;

    /** The bearer token that it prints. */
    String token() {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            CompletableFuture.delayedExecutor(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)
                    .execute(process::destroyForcibly);
            String answer = new String(process.getInputStream().readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw failed("ended with " + code, null);
            }
            return Optional.of(Json.tree(answer).at("/status/token").asString(""))
                    .filter(token -> !token.isEmpty())
                    .orElseThrow(() -> failed("printed no token", null));
        } catch (IOException | FairleadException e) {
            throw e instanceof CommandFailure known ? known : failed("gave no credential", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("was interrupted", e);
        }
    }

    private CommandFailure failed(String how, @Nullable Exception cause) {
        return new CommandFailure(
                ExitCode.REFUSED,
                "the kubeconfig's program for credentials, " + command + ", " + how
                        + "; name the agent with --agent, or sign in again with \"fairlead login URL\"",
                cause);
    }
}
