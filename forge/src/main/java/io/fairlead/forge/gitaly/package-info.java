/** The part of Gitaly that kas reads configuration through. Start reading at {@link GitalyServer}. */
@NullMarked
package io.fairlead.forge.gitaly;

import org.jspecify.annotations.NullMarked;
