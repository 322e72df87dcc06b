/**
 * The {@code fairlead} command. Start reading at {@link io.fairlead.cli.FairleadCommand} (what there is) and
 * {@link io.fairlead.cli.output.ExitCode} (how a command ends).
 */
@NullMarked
package io.fairlead.cli;

import org.jspecify.annotations.NullMarked;
