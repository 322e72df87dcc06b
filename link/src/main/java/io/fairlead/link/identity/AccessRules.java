package io.fairlead.link.identity;

import java.util.Map;
import java.util.Set;

/**
 * Who may call each method of each gRPC service, in one table. A method that is not in it is refused everywhere, and a test
 * fails when a proto file has a method that the table does not name.
 */
public final class AccessRules {
    /** A kind of caller, told apart by the listener it comes to and by what it shows there. */
    public enum Caller {
        /** agentk, on the listener for agents, with its agent token. */
        AGENT,
        /** GitLab, on the API listener, with a JWT. */
        GITLAB,
        /** kas, through the tunnel that agentk opened: agentk serves it and trusts the kas it has dialled. */
        KAS_THROUGH_TUNNEL,
    }

    private static final String PREFIX = "gitlab.agent.";

    private static final Map<String, Caller> RULES = Map.ofEntries(
            rule("agent_configuration.rpc.AgentConfiguration/GetConfiguration", Caller.AGENT),
            rule("agent_registrar.rpc.AgentRegistrar/Register", Caller.AGENT),
            rule("agent_registrar.rpc.AgentRegistrar/Unregister", Caller.AGENT),
            rule("flux.rpc.GitLabFlux/ReconcileProjects", Caller.AGENT),
            rule("reverse_tunnel.rpc.ReverseTunnel/Connect", Caller.AGENT),
            rule("kubernetes_api.rpc.KubernetesApi/MakeRequest", Caller.KAS_THROUGH_TUNNEL),
            rule("agent_tracker.rpc.AgentTracker/GetConnectedAgents", Caller.GITLAB),
            rule("agent_tracker.rpc.AgentTracker/GetConnectedAgentsByProjectIDs", Caller.GITLAB),
            rule("agent_tracker.rpc.AgentTracker/GetConnectedAgentsByAgentIDs", Caller.GITLAB),
            rule("agent_tracker.rpc.AgentTracker/CountAgentsByAgentVersions", Caller.GITLAB),
            rule("configuration_project.rpc.ConfigurationProject/ListAgentConfigFiles", Caller.GITLAB),
            rule("notifications.rpc.Notifications/GitPushEvent", Caller.GITLAB));

    private AccessRules() {}

    private static Map.Entry<String, Caller> rule(String method, Caller caller) {
        return Map.entry(PREFIX + method, caller);
    }

    /** @param method full name without a leading slash, as gRPC gives it */
    public static boolean allows(String method, Caller caller) {
        return RULES.get(method) == caller;
    }

    /** Every method that has a rule. */
    public static Set<String> methods() {
        return RULES.keySet();
    }
}
