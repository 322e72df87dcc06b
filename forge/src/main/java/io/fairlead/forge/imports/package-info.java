/** Projects that begin as a copy of a repository elsewhere. Start reading at {@link Imports}. */
@NullMarked
package io.fairlead.forge.imports;

import org.jspecify.annotations.NullMarked;
