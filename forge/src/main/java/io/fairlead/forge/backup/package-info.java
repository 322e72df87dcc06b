/**
 * One file that holds a whole data folder, taken while the server runs, and the way back. Start reading at {@link Backup},
 * which says why the order in it is the order, then {@link Restore}.
 */
@NullMarked
package io.fairlead.forge.backup;

import org.jspecify.annotations.NullMarked;
