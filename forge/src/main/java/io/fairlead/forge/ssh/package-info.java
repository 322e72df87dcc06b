/**
 * Git over SSH: keys in place of passwords, two commands and nothing else. Start reading at {@link SshListener}.
 */
@NullMarked
package io.fairlead.forge.ssh;

import org.jspecify.annotations.NullMarked;
