/** How commands speak and end. Start reading at {@link CommandContext} and {@link ExitCode}. */
@NullMarked
package io.fairlead.cli.output;

import org.jspecify.annotations.NullMarked;
