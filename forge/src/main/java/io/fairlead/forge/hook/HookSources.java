package io.fairlead.forge.hook;

import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.project.CloneUrls;
import io.fairlead.forge.repository.Repositories;
import java.util.function.Supplier;

/**
 * Where what hooks are told comes from.
 *
 * @param urls asked when something is told, since the listeners start after this
 * @param instance the external address, which {@code X-Gitlab-Instance} says
 */
public record HookSources(UserQueries users, Repositories repositories, Supplier<CloneUrls> urls, String instance) {}
