@NullMarked
package io.fairlead.link;

import org.jspecify.annotations.NullMarked;
