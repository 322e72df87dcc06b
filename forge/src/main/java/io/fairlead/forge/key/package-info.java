/** SSH keys of people and of machines. Start reading at {@link SshPublicKey} and {@link KeyQueries}. */
@NullMarked
package io.fairlead.forge.key;

import org.jspecify.annotations.NullMarked;
