package io.fairlead.apps.server;

import io.fairlead.apps.forge.ForgeProcessConfig;
import io.fairlead.apps.forge.ProcessOptions;
import io.fairlead.apps.kas.KasConfig;
import io.fairlead.base.config.ConfigEntry;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.env.Environment;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.cli.output.TextTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fairlead config}. */
@Command(name = "config", description = "Shows configuration.")
final class ConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final CommandContext context;

    ConfigCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: show");
    }

    @Command(
            name = "show",
            description = "Prints the effective configuration, each key with where its value comes from.")
    int show(
            @Mixin ServerProcessOptions options,
            @Mixin OutputOptions output,
            @Option(
                            names = "--kas",
                            paramLabel = "FILE",
                            description =
                                    "The configuration of \"fairlead kas\" in this file, instead of the server's.")
                    Optional<Path> kasFile,
            @Option(
                            names = "--forge",
                            paramLabel = "FILE",
                            description =
                                    "The configuration of \"fairlead forge\" in this file, instead of the server's.")
                    Optional<Path> forgeFile) {
        LoadedConfig<?> loaded = load(options, kasFile, forgeFile);
        TextTable table = new TextTable("KEY", "VALUE", "FROM");
        List<Map<String, String>> entries = new ArrayList<>();
        for (ConfigEntry entry : loaded.entries()) {
            table.row(entry.key(), entry.value(), entry.origin());
            entries.add(Map.of(
                    "key",
                    entry.key(),
                    "value",
                    entry.value(),
                    "from",
                    entry.origin().toString()));
        }
        loaded.warnings().forEach(context.err()::println);
        output.print(context.out(), entries, table.toString());
        return 0;
    }

    private LoadedConfig<?> load(ServerProcessOptions options, Optional<Path> kasFile, Optional<Path> forgeFile) {
        Environment environment = context.environment();
        if (kasFile.isPresent()) {
            return ConfigLoader.load(ConfigInput.of(kasFile, environment), KasConfig::read);
        }
        if (forgeFile.isPresent()) {
            return ProcessOptions.load(forgeFile.get(), environment, ForgeProcessConfig::read);
        }
        return options.load(environment);
    }
}
