/** The part of Gitaly that kas reads repositories through. Start reading at {@link io.fairlead.gitlab.gitaly.GitalyClient}. */
@NullMarked
package io.fairlead.gitlab.gitaly;

import org.jspecify.annotations.NullMarked;
