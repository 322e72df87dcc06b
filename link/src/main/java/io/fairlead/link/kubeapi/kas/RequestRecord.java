package io.fairlead.link.kubeapi.kas;

import io.fairlead.kube.rbac.Action;
import io.fairlead.kube.rbac.RequestedAction;
import io.fairlead.link.audit.AuditLog;
import io.fairlead.link.audit.AuditRecord;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.link.kubeapi.RequestTarget;
import io.fairlead.wire.http.RequestHead;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps count of one request for its record, and hands that over once. All for one event loop. */
final class RequestRecord {
    private static final int TEXT_MAX = 1_024;

    private final AuditLog log;
    private final RequestHead request;
    private final String traceId;
    private final long begunNanos;
    private @Nullable RequestTarget target;
    private @Nullable ProxyCredential credential;
    private ProxyDecision.@Nullable Allowed granted;
    private AuditRecord.Decision decision = AuditRecord.Decision.REFUSED;
    private String reason = "";
    private int status;
    private boolean closed;
    private long bytesIn;
    private long bytesOut;

    RequestRecord(AuditLog log, RequestHead request, String traceId) {
        this.log = log;
        this.request = request;
        this.traceId = traceId;
        begunNanos = log.nanoTime();
    }

    void asked(RequestTarget wanted, ProxyCredential shown) {
        target = wanted;
        credential = shown;
    }

    void granted(ProxyDecision.Allowed to) {
        granted = to;
        decision = AuditRecord.Decision.ALLOWED;
    }

    void received(int bytes) {
        bytesIn += bytes;
    }

    void sent(int bytes) {
        bytesOut += bytes;
    }

    /** The cluster's answer has begun; a watch may now go on for days. */
    void answered(int with) {
        status = with;
        if (action().verb().equals("watch")) {
            record(AuditRecord.Phase.BEGIN);
        }
    }

    /** The connection is the cluster's now, which may be for days. */
    void upgraded() {
        status = 101;
        record(AuditRecord.Phase.BEGIN);
    }

    /** kas answers itself, and not with what was asked for. */
    void refused(Refusal refusal) {
        decision = decision == AuditRecord.Decision.CUT ? decision : AuditRecord.Decision.REFUSED;
        answeredHere(refusal);
    }

    /** It was allowed, and there is no answer of the cluster. */
    void failed(Refusal refusal) {
        answeredHere(refusal);
    }

    private void answeredHere(Refusal refusal) {
        status = refusal.status();
        reason = refusal.text();
    }

    void cut(Refusal refusal) {
        decision = AuditRecord.Decision.CUT;
        reason = refusal.text();
    }

    /** The request is over. */
    void close() {
        if (!closed) {
            closed = true;
            if (granted == null && reason.isEmpty()) {
                reason = "the client left before it was decided";
            }
            record(AuditRecord.Phase.END);
        }
    }

    /** There is nothing to record: it was never meant for a cluster. */
    void forget() {
        closed = true;
    }

    /** As the cluster's authorizer sees it. */
    private Action action() {
        RequestTarget wanted = target;
        return RequestedAction.of(shortened(request.method()), path(), wanted == null ? Map.of() : wanted.query());
    }

    private String path() {
        RequestTarget wanted = target;
        return shortened(wanted == null ? request.path() : wanted.path());
    }

    /** Records wait in memory while nobody takes them, and a stranger chooses what is in them. */
    private static String shortened(String text) {
        return text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) : text;
    }

    private void record(AuditRecord.Phase phase) {
        ProxyCredential shown = credential;
        log.record(new AuditRecord(
                log.millis(),
                phase,
                traceId,
                action(),
                path(),
                shown,
                granted,
                shown == null ? 0 : shown.agentId(),
                decision,
                reason,
                status,
                bytesIn,
                bytesOut,
                log.nanoTime() - begunNanos));
    }
}
