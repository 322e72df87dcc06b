package io.fairlead.cli.output;

import io.fairlead.base.env.Environment;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;

/** What a command has around it. Results go to {@code out}, everything said beside them to {@code err}. */
public record CommandContext(PrintStream out, PrintStream err, InputStream in, Environment environment, Clock clock) {}
