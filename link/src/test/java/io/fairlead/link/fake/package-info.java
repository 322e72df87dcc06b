/** What tests of link share. Start reading at {@link io.fairlead.link.fake.LoopbackGrpc}. */
@NullMarked
package io.fairlead.link.fake;

import org.jspecify.annotations.NullMarked;
