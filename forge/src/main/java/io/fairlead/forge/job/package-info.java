/** What a running job may ask. Start reading at {@link JobTokens}. */
@NullMarked
package io.fairlead.forge.job;

import org.jspecify.annotations.NullMarked;
