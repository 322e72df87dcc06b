package io.fairlead.apps.agentk;

import io.fairlead.agentcfg.AgentConfiguration;
import io.fairlead.agentcfg.LoggingCF;
import io.fairlead.agentcfg.log_level_enum;
import io.fairlead.base.log.LogLevels;
import io.fairlead.base.log.Logging;
import io.fairlead.link.configuration.agent.ConfigurationWatch;
import org.slf4j.event.Level;

/** Takes the log levels of {@code observability.logging} in the agent's configuration over while the agent runs. */
final class LogLevelWish implements ConfigurationWatch.Listener {
    private final Level standard;

    /** @param standard the level while the configuration says none */
    LogLevelWish(Level standard) {
        this.standard = standard;
    }

    @Override
    public void configured(AgentConfiguration configuration, String commitId) {
        boolean said = configuration.hasObservability()
                && configuration.getObservability().hasLogging();
        LoggingCF wish = configuration.getObservability().getLogging();
        Level level = said ? level(wish.getLevel()) : standard;
        Level grpc = said && wish.hasGrpcLevel() ? level(wish.getGrpcLevel()) : Level.ERROR;
        Logging.levels(LogLevels.of(level, grpc));
    }

    private static Level level(log_level_enum wish) {
        return switch (wish) {
            case info -> Level.INFO;
            case debug -> Level.DEBUG;
            case warn -> Level.WARN;
            case error -> Level.ERROR;
            // A newer kas may know more levels.
            case UNRECOGNIZED -> Level.INFO;
        };
    }
}
