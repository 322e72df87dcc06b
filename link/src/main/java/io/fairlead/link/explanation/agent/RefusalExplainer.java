package io.fairlead.link.explanation.agent;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.connection.BearerToken;
import io.fairlead.kube.rbac.Action;
import io.fairlead.kube.rbac.Caller;
import io.fairlead.kube.rbac.RequestedAction;
import io.fairlead.link.explanation.ClusterRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds to a refusal who was refused, what comes nearest, what would do, and the command that says more. Blocks. */
final class RefusalExplainer {
    /** How long a refusal is kept back for roles that are still being read. */
    private static final Duration ROLES_WAIT_MAX = Duration.ofSeconds(1);

    private final RecentRbac rbac;
    private final BearerToken own;

    RefusalExplainer(RecentRbac rbac, BearerToken own) {
        this.rbac = rbac;
        this.own = own;
    }

    byte[] explained(ClusterRequest request, byte[] json) throws InterruptedException {
        Optional<RefusalStatus> read = RefusalStatus.read(json);
        if (read.isEmpty()) {
            return json;
        }
        RefusalStatus status = read.get();
        Requester requester = Requester.of(request, own);
        Optional<Caller> caller = requester.caller();
        if (caller.isEmpty()) {
            return status.with("Fairlead: the agent spoke for itself here, not for you (access_as: agent)", List.of());
        }
        List<RefusalStatus.Cause> causes = new ArrayList<>();
        String identity = ExplanationText.identity(caller.get());
        causes.add(new RefusalStatus.Cause("FairleadIdentity", identity));
        String sees = "Fairlead: the cluster sees " + identity
                + (request.as().isEmpty() ? ", which is the agent itself (access_as: agent)" : "") + "; ";
        if (status.ofImpersonation()) {
            return status.with(
                    "Fairlead: the agent may not act as " + identity + "; whoever runs it must let its service account"
                            + " impersonate them (\"fairlead agent manifest\" writes such a ClusterRole)",
                    causes);
        }
        Action action = RequestedAction.of(request.method(), request.path(), request.query());
        String next = "; see \"" + ExplanationText.whyCommand(action) + "\"";
        try {
            Verdict verdict = Verdict.of(rbac.within(ROLES_WAIT_MAX), caller.get(), requester.configProject(), action);
            if (verdict instanceof Verdict.Forbidden(var nearest, var grant, boolean _)) {
                causes.add(new RefusalStatus.Cause("FairleadGrant", grant.yaml()));
            }
            return status.with(sees + ExplanationText.verdict(action, verdict) + after(verdict, status, next), causes);
        } catch (FairleadException e) {
            return status.with(sees + "what its roles would need is not known here: " + e.getMessage(), causes);
        }
    }

    private static String after(Verdict verdict, RefusalStatus status, String next) {
        return switch (verdict) {
            case Verdict.Forbidden forbidden -> next;
            case Verdict.Allowed() ->
                status.whoCannot().isPresent()
                        ? " by now: try again"
                        : ", and what refuses it is another rule of the cluster, such as a quota or a policy, that the"
                                + " words before this name";
        };
    }
}
