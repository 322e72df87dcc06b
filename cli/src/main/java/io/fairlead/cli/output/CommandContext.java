package io.fairlead.cli.output;

import io.fairlead.base.env.Environment;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** What a command has around it. Results go to {@code out}, everything said beside them to {@code err}. */
public record CommandContext(PrintStream out, PrintStream err, InputStream in, Environment environment, Clock clock) {
    /** The day, in UTC as GitLab counts, that comes so many days from now. */
    public LocalDate dayAfter(int days) {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).plusDays(days);
    }
}
