/** Programs run from tests and the bench: started, watched, measured, killed. Start reading at {@link io.fairlead.testing.process.Command}. */
@NullMarked
package io.fairlead.testing.process;

import org.jspecify.annotations.NullMarked;
