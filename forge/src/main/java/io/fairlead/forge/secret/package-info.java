/** Secrets that must be readable again, sealed in the database. Start reading at {@link SecretBox}. */
@NullMarked
package io.fairlead.forge.secret;

import org.jspecify.annotations.NullMarked;
