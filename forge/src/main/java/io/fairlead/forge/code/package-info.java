/** Repositories over the API: branches, tags, commits, folders, files. Start reading at {@link CodeAccess}. */
@NullMarked
package io.fairlead.forge.code;

import org.jspecify.annotations.NullMarked;
