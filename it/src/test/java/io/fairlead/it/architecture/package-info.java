/** Holds the directions between the rooms of the house. Start reading at {@code ArchitectureTest}. */
@NullMarked
package io.fairlead.it.architecture;

import org.jspecify.annotations.NullMarked;
