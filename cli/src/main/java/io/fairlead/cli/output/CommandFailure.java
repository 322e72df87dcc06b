package io.fairlead.cli.output;

import io.fairlead.base.error.FairleadException;
import org.jspecify.annotations.Nullable;

/** A command cannot do what was asked; the message is for its user and holds no secret. */
public final class CommandFailure extends FairleadException {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    public CommandFailure(ExitCode exitCode, String message) {
        this(exitCode, message, null);
    }

    public CommandFailure(ExitCode exitCode, String message, @Nullable Throwable cause) {
        super("cli." + exitCode.name().toLowerCase(java.util.Locale.ROOT), message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
