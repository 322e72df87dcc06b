/** The environment of the process, passed in. Start reading at {@link Environment}. */
@NullMarked
package io.fairlead.base.env;

import org.jspecify.annotations.NullMarked;
