package io.fairlead.apps.server;

import io.fairlead.apps.forge.BackupCommand;
import io.fairlead.apps.forge.ForgeCommand;
import io.fairlead.apps.forge.RestoreCommand;
import io.fairlead.apps.kas.KasCommand;
import io.fairlead.base.env.Environment;
import io.fairlead.cli.FairleadCommand;
import io.fairlead.cli.output.CommandContext;
import java.time.Clock;
import java.util.Map;

/** Where the {@code fairlead} command starts. */
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        CommandContext context =
                new CommandContext(System.out, System.err, System.in, Environment.system(), Clock.systemUTC());
        Map<String, Object> processes = Map.of(
                "server", new ServerCommand(context),
                "forge", new ForgeCommand(context),
                "kas", new KasCommand(context.environment()),
                "agentk", AgentkCommand.commandLine(context.environment()),
                "config", new ConfigCommand(context),
                "backup", new BackupCommand(context),
                "restore", new RestoreCommand(context));
        System.exit(FairleadCommand.execute(FairleadCommand.commandLine(context, processes), arguments));
    }
}
