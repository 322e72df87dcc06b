package io.fairlead.apps.agentk;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.env.Environment;
import io.fairlead.base.lifecycle.Running;
import io.fairlead.base.log.LogFormat;
import io.fairlead.base.log.LogLevels;
import io.fairlead.base.log.Logging;
import io.fairlead.base.time.SystemScheduler;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code agentk}, on its own or as {@code fairlead agentk}: runs an agent until it is told to stop. */
@Command(name = "agentk", description = "Runs the agent that joins a cluster to kas.")
public final class AgentkCommand implements Callable<Integer> {
    private static final int UNUSABLE = 2;

    @Mixin
    private AgentkOptions options = new AgentkOptions();

    private final Environment environment;

    public AgentkCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        SystemScheduler scheduler = new SystemScheduler("agentk-scheduler");
        AgentkConfig config;
        try {
            config = options.config(environment, scheduler);
        } catch (ConfigException e) {
            scheduler.close();
            System.err.println("agentk: " + e.getMessage());
            return UNUSABLE;
        }
        Logging.configure(LogFormat.automatic(), LogLevels.of(config.logLevel(), Level.ERROR));
        return Running.untilStopped("agentk", new AgentkApp(config, environment, scheduler));
    }
}
