/**
 * The contract between kas and the GitLab side, used by both: a kas of ours with a real GitLab, our forge with a real kas.
 *
 * <p>Start reading at {@link io.fairlead.gitlab.api.GitLabClient} (internal API), {@link io.fairlead.gitlab.jwt.KasJwt}
 * (how both sides prove themselves) and {@link io.fairlead.gitlab.gitaly.GitalyClient} (reading repositories).
 */
@NullMarked
package io.fairlead.gitlab;

import org.jspecify.annotations.NullMarked;
