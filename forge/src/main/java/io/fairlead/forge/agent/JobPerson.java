package io.fairlead.forge.agent;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.identity.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code access_as: {ci_user: {}}} comes to for one job: the person who runs it, as the cluster knows them when they come
 * themselves. It is said as {@code impersonate}, which every kas knows; GitLab's own takes a key that it does not know for
 * {@code agent}, with the agent's rights.
 */
final class JobPerson {
    /** What {@code agent.gitlab.com/access_type} says of people who act by their job. */
    static final String ACCESS_TYPE = "ci_job_token";

    private static final String EXTRA_PREFIX = "agent.gitlab.com/";

    private JobPerson() {}

    /** @param role the person's in the job's project */
    static JsonNode configuration(CiGrant grant, Agent agent, JobIdentity job, User user, Role role) {
        List<String> groups = new ArrayList<>();
        groups.add("gitlab:user");
        role.textsUpToThis().forEach(text -> groups.add("gitlab:project_role:" + job.projectId() + ":" + text));
        List<Map<String, Object>> extra = new ArrayList<>();
        extra.add(pair("id", agent.id()));
        extra.add(pair("username", user.username()));
        extra.add(pair("access_type", ACCESS_TYPE));
        extra.add(pair("config_project_id", agent.projectId()));
        extra.add(pair("project_id", job.projectId()));
        extra.add(pair("ci_pipeline_id", job.pipelineId()));
        extra.add(pair("ci_job_id", job.jobId()));
        JobIdentity.JobEnvironment environment = job.environment();
        if (environment != null) {
            extra.add(pair("environment_slug", environment.slug()));
            extra.add(pair("environment_tier", environment.tier()));
        }
        ObjectNode configuration = ((ObjectNode) grant.configuration()).deepCopy();
        configuration.set(
                "access_as",
                ForgeJson.MAPPER.valueToTree(Map.of(
                        "impersonate",
                        Map.of("username", "gitlab:user:" + user.username(), "groups", groups, "extra", extra))));
        return configuration;
    }

    private static Map<String, Object> pair(String key, Object value) {
        return Map.of("key", EXTRA_PREFIX + key, "val", List.of(value.toString()));
    }
}
