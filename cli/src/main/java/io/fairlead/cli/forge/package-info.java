/** The commands' way to the forge's REST API. Start reading at {@link ServerOptions}. */
@NullMarked
package io.fairlead.cli.forge;

import org.jspecify.annotations.NullMarked;
