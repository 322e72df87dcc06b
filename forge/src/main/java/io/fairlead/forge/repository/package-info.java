/** Git repositories as folders on disk, read and made with JGit. Start reading at {@link Repositories}. */
@NullMarked
package io.fairlead.forge.repository;

import org.jspecify.annotations.NullMarked;
