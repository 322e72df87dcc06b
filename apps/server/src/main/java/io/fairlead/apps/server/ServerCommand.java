package io.fairlead.apps.server;

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

/** {@code fairlead server}: forge and kas in one process. */
@Command(name = "server", description = "Runs forge and kas in one process: all that is needed but agents.")
final class ServerCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ServerCommand.class);

    @Mixin
    private ServerProcessOptions options = new ServerProcessOptions();

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Write this file once the server serves; it says where everything is.")
    private Optional<Path> readyFile = Optional.empty();

    private final CommandContext context;

    ServerCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        LoadedConfig<ServerConfig> loaded = options.load(context.environment());
        ServerConfig config = loaded.value();
        Logging.configure(LogFormat.automatic(), config.observability().levels());
        loaded.warnings().forEach(log::warn);
        ServerApp app = new ServerApp(config);
        List<Path> files = new ArrayList<>(List.of(DataFolder.readyFile(config.dataDir())));
        readyFile.ifPresent(files::add);
        return Running.untilStopped("server", new Announced(app, () -> announced(app), files));
    }

    private static ReadyFile announced(ServerApp app) {
        ReadyFile ready = app.ready();
        log.atInfo()
                .addKeyValue("url", ready.url().orElse(""))
                .addKeyValue("kas", ready.kasUrl().orElse(""))
                .addKeyValue("metrics", ready.observabilityUrl().orElse(""))
                .addKeyValue("admin_token_file", ready.adminTokenFile().orElse(""))
                .log("ready");
        return ready;
    }
}
