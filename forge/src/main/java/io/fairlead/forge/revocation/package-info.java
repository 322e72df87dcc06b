/**
 * Tells every kas whose rights have changed, so that it asks again. Start reading at
 * {@link io.fairlead.forge.revocation.AccessChangeFeed}.
 */
@NullMarked
package io.fairlead.forge.revocation;

import org.jspecify.annotations.NullMarked;
