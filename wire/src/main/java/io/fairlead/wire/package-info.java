@NullMarked
package io.fairlead.wire;

import org.jspecify.annotations.NullMarked;
