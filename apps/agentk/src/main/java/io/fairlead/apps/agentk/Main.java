package io.fairlead.apps.agentk;

import io.fairlead.base.env.Environment;
import io.fairlead.base.version.Version;
import picocli.CommandLine;

/** Where the agent's own image starts. */
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        CommandLine commandLine = new CommandLine(new AgentkCommand(Environment.system()));
        commandLine.getCommandSpec().mixinStandardHelpOptions(true).version("agentk " + Version.current());
        System.exit(commandLine.execute(arguments));
    }
}
