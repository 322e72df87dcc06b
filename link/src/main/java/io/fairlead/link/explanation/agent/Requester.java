package io.fairlead.link.explanation.agent;

import io.fairlead.kube.connection.BearerToken;
import io.fairlead.kube.rbac.Caller;
import io.fairlead.link.explanation.ClusterRequest;
import io.fairlead.link.identity.Impersonation;
import java.util.List;
import java.util.Optional;

/**
 * Who is behind a request, as the cluster sees it, and what of that matters for what they may be told.
 *
 * @param caller nothing when the agent spoke for itself and does not know its own name
 * @param configProject the id of the project whose agent this is; empty when not known
 */
record Requester(Optional<Caller> caller, String configProject) {
    private static final String CONFIG_PROJECT = "agent.gitlab.com/config_project_id";

    static Requester of(ClusterRequest request, BearerToken own) {
        Optional<Impersonation> as = request.as();
        if (as.isEmpty()) {
            return new Requester(OwnName.of(own).map(Caller::serviceAccount), "");
        }
        List<String> project = as.get().extra().getOrDefault(CONFIG_PROJECT, List.of());
        return new Requester(
                Optional.of(Caller.impersonated(as.get().username(), as.get().groups())),
                project.isEmpty() ? "" : project.getFirst());
    }
}
