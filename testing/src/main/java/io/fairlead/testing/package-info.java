/** What the tests of several modules share. Start reading at {@link io.fairlead.testing.RawSocket}. */
@NullMarked
package io.fairlead.testing;

import org.jspecify.annotations.NullMarked;
