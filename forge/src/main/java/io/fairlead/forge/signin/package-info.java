/** Turns the credentials of a request into a caller, in one place. Start reading at {@link CredentialGate}. */
@NullMarked
package io.fairlead.forge.signin;

import org.jspecify.annotations.NullMarked;
