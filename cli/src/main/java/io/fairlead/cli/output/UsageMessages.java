package io.fairlead.cli.output;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with the options in one line or two; the whole help is there for who asks. */
public final class UsageMessages implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println("fairlead: " + wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
        command.getErr().println("\"" + command.getCommandSpec().qualifiedName() + " --help\" tells how it is used");
        return ExitCode.USAGE.number();
    }
}
