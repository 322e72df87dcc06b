package io.fairlead.cli.output;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.error.FairleadException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;

/** Turns what a command throws into one message and an exit code; only what nobody expected shows where it happened. */
public final class FailureMessages implements IExecutionExceptionHandler {
    private final CommandContext context;

    public FailureMessages(CommandContext context) {
        this.context = context;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        switch (failure) {
            case CommandFailure expected -> {
                context.err().println("fairlead: " + expected.getMessage());
                return expected.exitCode().number();
            }
            case ConfigException unusable -> {
                context.err().println("fairlead: " + unusable.getMessage());
                return ExitCode.USAGE.number();
            }
            case FairleadException expected -> {
                context.err().println("fairlead: " + expected.getMessage() + " [" + expected.code() + "]");
                return ExitCode.FAILED.number();
            }
            default -> {
                context.err().println("fairlead: this should not have happened: " + failure);
                failure.printStackTrace(context.err());
                return ExitCode.FAILED.number();
            }
        }
    }
}
