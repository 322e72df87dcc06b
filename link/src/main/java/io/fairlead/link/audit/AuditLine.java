package io.fairlead.link.audit;

import io.fairlead.kube.rbac.Action;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Records as lines of JSON, whose keys are docs/audit.md's. By hand, because thousands may come each second. No secret comes near
 * it: of a credential a line has the kind and a part of its hash.
 */
public final class AuditLine {
    /** As short as Git's ids, and long enough that nobody finds two. */
    static final int HASH_CHARS = 12;

    /** Of one text; names of objects have 253 at most. */
    static final int TEXT_CHARS_MAX = 512;

    /** A person may have a role in hundreds of projects; the first say enough. */
    static final int GROUPS_MAX = 50;

    private final StringBuilder out = new StringBuilder(700);

    private AuditLine() {}

    /**
     * With its line end.
     *
     * @param id of {@code WHO-NUMBER}: numbers of one kas grow, so that a record which comes twice is known
     */
    public static String of(AuditRecord record, String id) {
        return new AuditLine().record(record, id);
    }

    /** Says that records were lost. */
    public static String dropped(long millis, long count, String id) {
        AuditLine line = new AuditLine();
        line.out.append('{');
        line.text("time", Instant.ofEpochMilli(millis).toString())
                .text("id", id)
                .text("phase", "dropped")
                .number("count", count);
        return line.end();
    }

    private String record(AuditRecord record, String id) {
        out.append('{');
        text("time", Instant.ofEpochMilli(record.millis()).toString());
        text("id", id);
        text("phase", record.phase().name().toLowerCase(Locale.ROOT));
        text("decision", record.decision().name().toLowerCase(Locale.ROOT));
        number("status", record.status());
        ProxyDecision.Allowed granted = record.granted();
        if (granted != null) {
            granted(granted);
        }
        if (!record.reason().isEmpty()) {
            text("reason", record.reason());
        }
        if (record.agentId() != 0) {
            number("agent_id", record.agentId());
        }
        ProxyCredential credential = record.credential();
        if (credential != null) {
            text("credential", kind(credential));
            text("credential_hash", credential.secretHash().substring(0, HASH_CHARS));
        }
        request(record);
        number("bytes_in", record.bytesIn());
        number("bytes_out", record.bytesOut());
        number("duration_ms", record.nanos() / 1_000_000);
        text("trace_id", record.traceId());
        return end();
    }

    private void granted(ProxyDecision.Allowed granted) {
        Identity who = granted.who();
        text("user", who.username()).number("user_id", who.userId());
        if (who instanceof Identity.Job job) {
            number("job_id", job.jobId());
            number("pipeline_id", job.pipelineId());
            number("job_project_id", job.projectId());
        }
        granted.agentName().ifPresent(name -> text("agent", name));
        text("rule", rule(who, granted.impersonation()));
        if (granted.impersonation().isPresent()) {
            Impersonation as = granted.impersonation().get();
            text("as", as.username());
            texts("groups", as.groups());
        }
    }

    /** The section of the agent's configuration that let them in, and its {@code access_as}. */
    private static String rule(Identity who, Optional<Impersonation> as) {
        return switch (who) {
            case Identity.Job _ ->
                "ci_access: "
                        + as.map(any -> any.username().startsWith("gitlab:ci_job:") ? "ci_job" : "impersonate")
                                .orElse("agent");
            case Identity.TokenUser _, Identity.SessionUser _ -> "user_access: " + (as.isPresent() ? "user" : "agent");
        };
    }

    private static String kind(ProxyCredential credential) {
        return switch (credential) {
            case ProxyCredential.CiJob _ -> "job_token";
            case ProxyCredential.PersonalAccessToken _ -> "access_token";
            case ProxyCredential.Session _ -> "session";
        };
    }

    private void request(AuditRecord record) {
        text("verb", record.action().verb());
        switch (record.action()) {
            case Action.OnPath(String _, String path) -> text("path", path);
            case Action.OnResource asked -> {
                textIfAny("api_group", asked.apiGroup());
                text("api_version", version(record.path())).text("resource", asked.resource());
                textIfAny("subresource", asked.subresource());
                textIfAny("namespace", asked.namespace());
                textIfAny("name", asked.name());
                if (record.path().contains("/proxy/")) {
                    // Where it leads is decided by what stands behind, and RBAC has no word for it.
                    text("path", record.path());
                }
            }
        }
    }

    /** Of {@code /api/VERSION/…} or {@code /apis/GROUP/VERSION/…}. Without patterns, as all here. */
    private static String version(String path) {
        int first = 0;
        while (path.charAt(first) == '/') {
            first++;
        }
        int second = path.indexOf('/', first) + 1;
        int from = path.startsWith("api/", first) ? second : path.indexOf('/', second) + 1;
        int to = path.indexOf('/', from);
        return path.substring(from, to < 0 ? path.length() : to);
    }

    private String end() {
        return out.append("}\n").toString();
    }

    private AuditLine key(String key) {
        if (out.length() > 1) {
            out.append(',');
        }
        out.append('"').append(key).append("\":");
        return this;
    }

    private AuditLine text(String key, String value) {
        key(key);
        quote(value);
        return this;
    }

    private void textIfAny(String key, String value) {
        if (!value.isEmpty()) {
            text(key, value);
        }
    }

    private AuditLine number(String key, long value) {
        key(key);
        out.append(value);
        return this;
    }

    private void texts(String key, List<String> values) {
        key(key);
        out.append('[');
        int written = 0;
        for (String value : values.subList(0, Math.min(GROUPS_MAX, values.size()))) {
            if (written++ > 0) {
                out.append(',');
            }
            quote(value);
        }
        out.append(']');
        if (values.size() > GROUPS_MAX) {
            number(key + "_more", values.size() - GROUPS_MAX);
        }
    }

    /** Everything but plain printable ASCII is escaped, so that no reader can be led to see another line or key. */
    private void quote(String value) {
        out.append('"');
        int length = Math.min(value.length(), TEXT_CHARS_MAX);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
                out.append(c);
            } else {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        out.append(value.length() > length ? "...\"" : "\"");
    }
}
