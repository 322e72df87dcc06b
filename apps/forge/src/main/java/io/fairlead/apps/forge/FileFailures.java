package io.fairlead.apps.forge;

import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Says in a sentence why files could not be read or written. */
final class FileFailures {
    private FileFailures() {}

    /** @param outcome what did not come about */
    static CommandFailure of(String outcome, Exception failure) {
        Exception cause = failure instanceof UncheckedIOException unchecked
                ? Objects.requireNonNull(unchecked.getCause())
                : failure;
        return switch (cause) {
            case AccessDeniedException e ->
                new CommandFailure(
                        ExitCode.FAILED,
                        outcome + ": " + e.getFile() + " may not be read or written; run this as the server's user",
                        failure);
            case NoSuchFileException e ->
                new CommandFailure(ExitCode.NOT_FOUND, outcome + ": " + e.getMessage() + " is not there", failure);
            default -> new CommandFailure(ExitCode.FAILED, outcome + ": " + cause.getMessage(), failure);
        };
    }
}
