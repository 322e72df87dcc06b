package io.fairlead.base.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class SummedLogTest {
    private final AtomicLong now = new AtomicLong(-5);
    private final Lines lines = new Lines();
    private final SummedLog log = new SummedLog(lines, now::get);

    @Test
    void aFloodIsOneLineAMinuteThatCountsIt() {
        for (int i = 0; i < 1000; i++) {
            log.warn("refused " + i);
        }
        now.addAndGet(SummedLog.EVERY.toNanos());
        log.warn("refused again");
        now.addAndGet(SummedLog.EVERY.toNanos());
        log.warn("refused once more");
        assertThat(lines.said)
                .containsExactly(
                        "refused 0",
                        "refused again (999 more of this kind since the last such line)",
                        "refused once more");
    }

    private static final class Lines extends AbstractLogger {
        private static final long serialVersionUID = 1;
        private final transient List<String> said = new ArrayList<>();

        @Override
        protected String getFullyQualifiedCallerName() {
            return "";
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String pattern, Object[] arguments, Throwable failure) {
            said.add(MessageFormatter.basicArrayFormat(pattern, arguments));
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isTraceEnabled(Marker marker) {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled(Marker marker) {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled(Marker marker) {
            return false;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled(Marker marker) {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled(Marker marker) {
            return true;
        }
    }
}
