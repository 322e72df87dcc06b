package io.fairlead.apps.agentk;

import io.fairlead.base.env.Environment;
import io.fairlead.base.version.Version;
import java.util.List;

/** Where the agent's own image starts. */
public final class Main {
    private Main() {}

    public static void main(String... arguments) throws InterruptedException {
        List<String> given = List.of(arguments);
        if (given.contains("--help") || given.contains("-h")) {
            System.out.print(AgentkArguments.help());
        } else if (given.contains("--version") || given.contains("-V")) {
            System.out.println("agentk " + Version.current());
        } else {
            System.exit(AgentkProcess.run(given, Environment.system()));
        }
    }
}
