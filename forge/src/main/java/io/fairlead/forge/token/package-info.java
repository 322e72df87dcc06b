/** Personal access tokens. Start reading at {@link PersonalAccessTokens}. */
@NullMarked
package io.fairlead.forge.token;

import org.jspecify.annotations.NullMarked;
