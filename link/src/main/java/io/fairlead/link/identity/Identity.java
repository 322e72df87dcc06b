package io.fairlead.link.identity;

import java.util.Optional;

/** Who a request at the cluster's door comes from; for records, counters and logs. */
public sealed interface Identity {
    long userId();

    String username();

    /** A CI job, running as a user. */
    record Job(
            long userId, String username, long jobId, long pipelineId, long projectId, Optional<String> environmentSlug)
            implements Identity {}

    /** A person with a personal access token. */
    record TokenUser(long userId, String username) implements Identity {}

    /** A person in a browser session. */
    record SessionUser(long userId, String username) implements Identity {}
}
