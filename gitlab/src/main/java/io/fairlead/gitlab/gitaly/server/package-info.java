/**
 * Serves the part of Gitaly that kas uses, on top of whatever holds the repositories.
 *
 * <p>Start reading at {@link io.fairlead.gitlab.gitaly.server.GitalyServer} and
 * {@link io.fairlead.gitlab.gitaly.server.GitalyRepositories}, which the forge implements.
 */
@NullMarked
package io.fairlead.gitlab.gitaly.server;

import org.jspecify.annotations.NullMarked;
