/** Checksums. Start reading at {@link Sha256}. */
@NullMarked
package io.fairlead.base.digest;

import org.jspecify.annotations.NullMarked;
