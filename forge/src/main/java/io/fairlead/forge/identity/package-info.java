/** People. Start reading at {@link UserQueries}. */
@NullMarked
package io.fairlead.forge.identity;

import org.jspecify.annotations.NullMarked;
