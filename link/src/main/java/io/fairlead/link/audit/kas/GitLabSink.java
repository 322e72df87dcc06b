package io.fairlead.link.audit.kas;

import io.fairlead.base.log.SummedLog;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives records to the forge. A real GitLab has no place for them. */
public final class GitLabSink implements AuditSink {
    private static final Logger log = LoggerFactory.getLogger(GitLabSink.class);

    private final GitLabClient gitlab;
    private final SummedLog failures = new SummedLog(log);

    public GitLabSink(GitLabClient gitlab) {
        this.gitlab = gitlab;
    }

    @Override
    public Outcome keep(byte[] lines) {
        try {
            gitlab.postAuditRecords(lines);
            return Outcome.KEPT;
        } catch (GitLabException e) {
            failures.warn(
                    "audit records were not kept (without a forge name a file by agent.audit.file): " + e.getMessage());
            return e.lastingRefusal() && e.status() != 401 ? Outcome.NEVER : Outcome.NOT_NOW;
        }
    }
}
