/**
 * GitLab's internal API as kas uses it: the values it answers with and the client that asks. The forge answers with the
 * same records.
 *
 * <p>Start reading at {@link io.fairlead.gitlab.api.GitLabClient}.
 */
@NullMarked
package io.fairlead.gitlab.api;

import org.jspecify.annotations.NullMarked;
