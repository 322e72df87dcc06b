package io.fairlead.forge.api;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Scope;
import java.util.OptionalLong;
import java.util.Set;

/** Who is calling, as far as the credentials of the request prove. */
public sealed interface Caller {
    record Anonymous() implements Caller {}

    /** A person with the token that was shown. */
    record Person(long userId, String username, boolean admin, long tokenId, Set<Scope> scopes) implements Caller {}

    record Kas() implements Caller {}

    /** kas on behalf of an agent. */
    record Agent(long agentId) implements Caller {}

    record Job(JobIdentity job) implements Caller {}

    /** Whoever holds a deploy token of a project, or of a group and all projects below it. */
    record Deployer(String username, Set<Scope> scopes, OptionalLong projectId, OptionalLong groupId)
            implements Caller {}
}
