package io.fairlead.link.identity.kas;

import io.fairlead.gitlab.api.AllowedAgents;
import io.fairlead.gitlab.api.AllowedAgents.AllowedAgent;
import io.fairlead.gitlab.api.CiAccessAs;
import io.fairlead.gitlab.api.Ids;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.identity.ProxyDecision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a CI job may do with one agent, from GitLab's list of all its agents. */
final class JobDecision {
    static final String EXTRA_PREFIX = "agent.gitlab.com/";

    private JobDecision() {}

    static ProxyDecision of(AllowedAgents agents, long agentId) {
        Optional<AllowedAgent> agent = agents.allowedAgents().stream()
                .filter(allowed -> allowed.id() == agentId)
                .findFirst();
        if (agent.isEmpty()) {
            return new ProxyDecision.Refused(
                    403,
                    "Forbidden: this job may not use agent " + agentId
                            + "; ci_access in the agent's configuration must name"
                            + " the job's project or a group that it is in, and let in its environment and branch");
        }
        Identity.Job who = new Identity.Job(
                agents.user().id(),
                agents.user().username(),
                agents.job().id(),
                agents.pipeline().id(),
                agents.project().id(),
                agents.environment().map(Ids.Environment::slug));
        return switch (agent.get().configuration().accessAs()) {
            case CiAccessAs.Agent() -> allowed(agent.get(), Optional.empty(), who);
            case CiAccessAs.CiJob() -> allowed(agent.get(), Optional.of(asJob(agents, agent.get())), who);
            case CiAccessAs.Impersonate impersonate ->
                allowed(agent.get(), Optional.of(asConfigured(impersonate)), who);
            case CiAccessAs.Unknown(List<String> keys) ->
                new ProxyDecision.Refused(
                        500,
                        "Internal error: access_as of the agent's configuration has the keys " + keys
                                + ", and this version knows one of agent, impersonate, ci_job");
        };
    }

    private static ProxyDecision allowed(AllowedAgent agent, Optional<Impersonation> impersonation, Identity who) {
        return new ProxyDecision.Allowed(agent.id(), agent.name(), impersonation, who);
    }

    private static Impersonation asConfigured(CiAccessAs.Impersonate configured) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (CiAccessAs.ExtraKeyVal pair : configured.extra()) {
            extra.merge(pair.key(), pair.val(), JobDecision::joined);
        }
        return new Impersonation(configured.username(), configured.groups(), configured.uid(), extra);
    }

    private static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static Impersonation asJob(AllowedAgents agents, AllowedAgent agent) {
        return new Impersonation("gitlab:ci_job:" + agents.job().id(), jobGroups(agents), "", jobExtra(agents, agent));
    }

    private static List<String> jobGroups(AllowedAgents agents) {
        Optional<Ids.Environment> environment = agents.environment();
        List<String> groups = new ArrayList<>();
        groups.add("gitlab:ci_job");
        for (Ids.Group group : agents.project().groups()) {
            groups.add("gitlab:group:" + group.id());
            environment.ifPresent(there -> groups.add("gitlab:group_env_tier:" + group.id() + ":" + there.tier()));
        }
        long project = agents.project().id();
        groups.add("gitlab:project:" + project);
        environment.ifPresent(there -> {
            groups.add("gitlab:project_env:" + project + ":" + there.slug());
            groups.add("gitlab:project_env_tier:" + project + ":" + there.tier());
        });
        return groups;
    }

    private static Map<String, List<String>> jobExtra(AllowedAgents agents, AllowedAgent agent) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        put(extra, "id", agent.id());
        put(extra, "config_project_id", agent.configProject().id());
        put(extra, "project_id", agents.project().id());
        put(extra, "ci_pipeline_id", agents.pipeline().id());
        put(extra, "ci_job_id", agents.job().id());
        put(extra, "username", agents.user().username());
        agents.environment().ifPresent(there -> {
            put(extra, "environment_slug", there.slug());
            put(extra, "environment_tier", there.tier());
        });
        return extra;
    }

    static void put(Map<String, List<String>> extra, String key, Object value) {
        extra.put(EXTRA_PREFIX + key, List.of(value.toString()));
    }
}
