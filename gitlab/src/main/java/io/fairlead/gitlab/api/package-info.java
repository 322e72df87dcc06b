/**
 * GitLab's internal API as kas uses it: the values it answers with and the client that asks.
 *
 * <p>Start reading at {@link io.fairlead.gitlab.api.GitalyRepository}.
 */
@NullMarked
package io.fairlead.gitlab.api;

import org.jspecify.annotations.NullMarked;
