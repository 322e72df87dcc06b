package io.fairlead.apps.server;

import io.fairlead.apps.agentk.AgentkOption;
import io.fairlead.apps.agentk.AgentkProcess;
import io.fairlead.base.env.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code fairlead agentk}: help, completion and checks made of agentk's own list of options, which then reads them. */
@Command(name = "agentk", description = "Runs the agent that joins a cluster to kas.")
final class AgentkCommand implements Callable<Integer> {
    private final Environment environment;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private AgentkCommand(Environment environment) {
        this.environment = environment;
    }

    static CommandLine commandLine(Environment environment) {
        CommandLine commandLine = new CommandLine(new AgentkCommand(environment));
        for (AgentkOption option : AgentkOption.values()) {
            OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(String[]::new))
                    .description(option.description())
                    .required(option == AgentkOption.KAS_ADDRESS);
            if (option.isSwitch()) {
                builder.type(boolean.class).arity("0");
            } else if (option.isRepeatable()) {
                builder.type(List.class)
                        .auxiliaryTypes(String.class)
                        .paramLabel(option.label())
                        .arity("1");
            } else {
                builder.type(String.class).paramLabel(option.label()).arity("1");
            }
            commandLine.getCommandSpec().addOption(builder.build());
        }
        return commandLine;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<String> arguments = new ArrayList<>();
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (option.arity().max() == 0) {
                arguments.add(option.longestName());
            } else {
                option.originalStringValues().forEach(value -> arguments.add(option.longestName() + "=" + value));
            }
        }
        return AgentkProcess.run(arguments, environment);
    }
}
