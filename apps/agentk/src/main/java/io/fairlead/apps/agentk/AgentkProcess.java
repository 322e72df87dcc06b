package io.fairlead.apps.agentk;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.env.Environment;
import io.fairlead.base.lifecycle.Running;
import io.fairlead.base.log.LogFormat;
import io.fairlead.base.log.LogLevels;
import io.fairlead.base.log.Logging;
import io.fairlead.base.time.SystemScheduler;
import java.util.List;
import org.slf4j.event.Level;

/** An agent as a process, in its own image or as {@code fairlead agentk}: it runs until it is told to stop. */
public final class AgentkProcess {
    private static final int UNUSABLE = 2;

    private AgentkProcess() {}

    /**
     * Runs an agent with these arguments.
     *
     * @return the exit code: 0 after a signal, 1 when it cannot start, 2 when the arguments are wrong
     */
    public static int run(List<String> arguments, Environment environment) throws InterruptedException {
        SystemScheduler scheduler = new SystemScheduler("agentk-scheduler");
        AgentkConfig config;
        try {
            config = new AgentkOptions(AgentkArguments.parse(arguments)).config(environment, scheduler);
        } catch (ConfigException e) {
            scheduler.close();
            System.err.println("agentk: " + e.getMessage());
            return UNUSABLE;
        }
        Logging.configure(LogFormat.automatic(), LogLevels.of(config.logLevel(), Level.ERROR));
        return Running.untilStopped("agentk", new AgentkApp(config, environment, scheduler));
    }
}
