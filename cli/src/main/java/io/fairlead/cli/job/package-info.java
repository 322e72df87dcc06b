/** Job tokens made by hand, and the kubeconfig of a job. Start reading at {@link JobTokenCommand}. */
@NullMarked
package io.fairlead.cli.job;

import org.jspecify.annotations.NullMarked;
