@NullMarked
package io.fairlead.forge;

import org.jspecify.annotations.NullMarked;
