package io.fairlead.apps.agentk;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.time.Scheduler;
import io.fairlead.base.token.TokenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** Where the agent's token comes from. It is asked for by each new stream, also on event loops. */
public sealed interface AgentTokenSource extends Supplier<String> {
    /** A token that never changes. */
    record Fixed(String token) implements AgentTokenSource {
        @Override
        public String get() {
            return token;
        }

        /** The token stays out of logs and messages. */
        @Override
        public String toString() {
            return "token from AGENTK_TOKEN";
        }
    }

    /** A token in a file that may be replaced; {@code file} must be started to see that. */
    record InFile(TokenFile file) implements AgentTokenSource {
        private static final Duration READ_PERIOD = Duration.ofSeconds(5);

        static InFile open(Path file, Scheduler scheduler) {
            return new InFile(new TokenFile(file, READ_PERIOD, scheduler));
        }

        @Override
        public String get() {
            return file.current();
        }
    }

    /** The value of {@code AGENTK_TOKEN}. */
    static Fixed fixed(String token) {
        try {
            return new Fixed(TokenFile.checked(token));
        } catch (IOException e) {
            throw new FairleadException("agent-token.malformed", "AGENTK_TOKEN is no token: " + e.getMessage(), e);
        }
    }
}
