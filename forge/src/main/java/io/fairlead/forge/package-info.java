/**
 * The GitLab side: projects, people, tokens, agents and Git, behind GitLab's own API, feature by feature.
 *
 * <p>Start reading at {@link io.fairlead.forge.api.Router} (how a request finds its handler and who may call it), then
 * {@link io.fairlead.forge.access.Permission} (the table of rules), then the feature you are after. The classes are put
 * together by {@code ForgeApp} in {@code apps/forge}.
 */
@NullMarked
package io.fairlead.forge;

import org.jspecify.annotations.NullMarked;
