/**
 * What kubectl runs to get a credential for an agent's cluster. Start reading at {@link io.fairlead.cli.kubectl.KubeCredentialCommand}.
 */
@NullMarked
package io.fairlead.cli.kubectl;

import org.jspecify.annotations.NullMarked;
