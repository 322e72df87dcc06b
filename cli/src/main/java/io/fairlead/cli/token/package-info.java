/** Commands about personal access tokens. Start reading at {@link TokenCommand}. */
@NullMarked
package io.fairlead.cli.token;

import org.jspecify.annotations.NullMarked;
