package io.fairlead.apps.forge;

import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.lifecycle.Running;
import io.fairlead.base.log.LogFormat;
import io.fairlead.base.log.Logging;
import io.fairlead.base.ready.Announced;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.cli.forge.DataFolder;
import io.fairlead.cli.output.CommandContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fairlead forge}: the GitLab side alone, for a kas in another process. */
@Command(
        name = "forge",
        description = "Runs the forge alone: Git, projects, people, tokens and agents, for a kas in another process.")
public final class ForgeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ForgeCommand.class);

    @Mixin
    private ForgeProcessOptions options = new ForgeProcessOptions();

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Write this file once the forge serves; it says where everything is.")
    private Optional<Path> readyFile = Optional.empty();

    private final CommandContext context;

    public ForgeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        LoadedConfig<ForgeProcessConfig> loaded = options.load(context.environment());
        ForgeProcessConfig config = loaded.value();
        Logging.configure(LogFormat.automatic(), config.observability().levels());
        loaded.warnings().forEach(log::warn);
        ForgeServer server = new ForgeServer(config);
        List<Path> files = new ArrayList<>(List.of(DataFolder.readyFile(config.dataDir())));
        readyFile.ifPresent(files::add);
        return Running.untilStopped("forge", new Announced(server, () -> announced(server), files));
    }

    private static ReadyFile announced(ForgeServer server) {
        ReadyFile ready = server.ready();
        log.atInfo()
                .addKeyValue("http", ready.httpUrl().orElse(""))
                .addKeyValue("metrics", ready.observabilityUrl().orElse(""))
                .addKeyValue("admin_token_file", ready.adminTokenFile().orElse(""))
                .log("ready");
        return ready;
    }
}
