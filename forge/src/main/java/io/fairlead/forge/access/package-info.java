/** Who may do what: roles, visibilities, token scopes and the one table of permissions. Start reading at {@link Permission}. */
@NullMarked
package io.fairlead.forge.access;

import org.jspecify.annotations.NullMarked;
