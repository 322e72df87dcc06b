/** kas as a process: configuration and wiring, nothing else. Start reading at {@link KasApp}. */
@NullMarked
package io.fairlead.apps.kas;

import org.jspecify.annotations.NullMarked;
