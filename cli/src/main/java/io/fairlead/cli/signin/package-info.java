/** Signing in at a server, and out. Start reading at {@link io.fairlead.cli.signin.LoginCommand}. */
@NullMarked
package io.fairlead.cli.signin;

import org.jspecify.annotations.NullMarked;
