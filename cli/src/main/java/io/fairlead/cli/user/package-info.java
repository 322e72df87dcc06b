/** Commands about people. Start reading at {@link UserCommand}. */
@NullMarked
package io.fairlead.cli.user;

import org.jspecify.annotations.NullMarked;
