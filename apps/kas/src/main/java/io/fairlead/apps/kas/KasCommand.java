package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.env.Environment;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Running;
import io.fairlead.base.log.LogFormat;
import io.fairlead.base.log.Logging;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.ready.Announced;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.wire.loop.EventLoops;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fairlead kas}: runs kas beside a GitLab or a forge of its own. */
@Command(name = "kas", description = "Runs kas, the hub between agents and the GitLab side.")
public final class KasCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(KasCommand.class);
    private static final int UNUSABLE = 2;

    @Option(
            names = {"-c", "--configuration-file"},
            paramLabel = "FILE",
            required = true,
            description = "kas's configuration, with the keys of GitLab's kas.")
    private Path file = Path.of("");

    @Option(names = "--ready-file", paramLabel = "FILE", description = "Write this file once kas serves.")
    private Optional<Path> readyFile = Optional.empty();

    private final Environment environment;

    public KasCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        EventLoops loops = EventLoops.ofMachine("kas-loop");
        KasApp app;
        try {
            LoadedConfig<KasConfig> loaded = ConfigLoader.load(
                    ConfigInput.of(Optional.of(file), environment), root -> KasConfig.read(root, environment));
            KasConfig config = loaded.value();
            Logging.configure(LogFormat.automatic(), config.observability().levels());
            loaded.warnings().forEach(log::warn);
            app = new KasApp(config, loops);
        } catch (ConfigException e) {
            System.err.println("kas: " + e.getMessage());
            return UNUSABLE;
        } catch (FairleadException e) {
            System.err.println("kas: " + e.getMessage() + " [" + e.code() + "]");
            return UNUSABLE;
        }
        try {
            return Running.untilStopped(
                    "kas",
                    new Announced(app, () -> ready(app), readyFile.stream().toList()));
        } finally {
            loops.close();
        }
    }

    /** What the ready file says of a kas on its own. */
    private static ReadyFile ready(KasApp app) {
        return new ReadyFile(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                app.proxyAddress().map(address -> "http://" + Addresses.reachable(address)),
                Optional.of("grpc://" + Addresses.reachable(app.agentAddress())),
                Optional.of("http://" + Addresses.reachable(app.observabilityAddress())),
                Optional.empty(),
                Optional.empty());
    }
}
