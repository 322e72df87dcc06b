/** Which of several pods leads. Start reading at {@link io.fairlead.kube.lease.Leadership}. */
@NullMarked
package io.fairlead.kube.lease;

import org.jspecify.annotations.NullMarked;
