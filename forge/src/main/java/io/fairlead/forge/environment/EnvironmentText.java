package io.fairlead.forge.environment;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads environments from requests. The rules are GitLab's. */
final class EnvironmentText {
    private static final Pattern NAME = Pattern.compile("[-a-zA-Z0-9_/\\\\${}. ]+");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final int TEXT_LENGTH_MAX = 255;
    private static final int DESCRIPTION_LENGTH_MAX = 10_000;

    private EnvironmentText() {}

    static Environment.Draft create(Parameters parameters) {
        Environment.Draft named = Environment.Draft.named(checkedName(parameters.requiredText("name")));
        return change(named, parameters);
    }

    /** What the request leaves of {@code before}; a name in it is ignored, as GitLab ignores it. */
    static Environment.Draft change(Environment.Draft before, Parameters parameters) {
        OptionalLong agent = parameters.has("cluster_agent_id") ? agent(parameters) : before.agentId();
        String namespace = agent.isPresent() ? before.kubernetesNamespace() : null;
        Environment.Draft after = new Environment.Draft(
                before.name(),
                text(parameters, "description", before.description()),
                text(parameters, "external_url", before.externalUrl()),
                parameters
                        .oneOf(
                                "tier",
                                Arrays.stream(Tier.values()).map(Tier::text).toList())
                        .map(Tier::of)
                        .orElse(before.tier()),
                agent,
                text(parameters, "kubernetes_namespace", namespace),
                text(parameters, "flux_resource_path", agent.isPresent() ? before.fluxResourcePath() : null),
                parameters
                        .oneOf("auto_stop_setting", List.of("always", "with_action"))
                        .map("always"::equals)
                        .orElse(before.stopsAlways()));
        check(after);
        return after;
    }

    /** @throws ApiError 400 unless it can be an environment's name */
    static String checkedName(String name) {
        if (name.length() > TEXT_LENGTH_MAX) {
            throw ApiError.invalid("name", "is too long (maximum is " + TEXT_LENGTH_MAX + " characters)");
        }
        if (!NAME.matcher(name).matches() || name.startsWith("/") || name.endsWith("/")) {
            throw ApiError.invalid(
                    "name",
                    "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot"
                            + " start or end with '/'");
        }
        return name;
    }

    private static OptionalLong agent(Parameters parameters) {
        Optional<String> text = parameters.text("cluster_agent_id").filter(value -> !value.isEmpty());
        return text.isEmpty() ? OptionalLong.empty() : parameters.number("cluster_agent_id");
    }

    private static @Nullable String text(Parameters parameters, String name, @Nullable String before) {
        return parameters.has(name)
                ? parameters.text(name).filter(value -> !value.isEmpty()).orElse(null)
                : before;
    }

    private static void check(Environment.Draft draft) {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        if (draft.description() != null && draft.description().length() > DESCRIPTION_LENGTH_MAX) {
            problems.put("description", List.of("is too long (maximum is " + DESCRIPTION_LENGTH_MAX + " characters)"));
        }
        if (draft.externalUrl() != null && !webUrl(draft.externalUrl())) {
            problems.put("external_url", List.of("must be a valid http or https URL of at most 255 characters"));
        }
        if (draft.kubernetesNamespace() != null) {
            if (draft.agentId().isEmpty()) {
                problems.put("kubernetes_namespace", List.of("cannot be set without a cluster agent"));
            } else if (!NAMESPACE.matcher(draft.kubernetesNamespace()).matches()) {
                problems.put("kubernetes_namespace", List.of("must be a valid Kubernetes namespace"));
            }
        }
        if (draft.fluxResourcePath() != null) {
            if (draft.kubernetesNamespace() == null) {
                problems.put("flux_resource_path", List.of("cannot be set without a kubernetes namespace"));
            } else if (draft.fluxResourcePath().length() > TEXT_LENGTH_MAX) {
                problems.put("flux_resource_path", List.of("is too long (maximum is 255 characters)"));
            }
        }
        if (!problems.isEmpty()) {
            throw ApiError.invalid(problems);
        }
    }

    private static boolean webUrl(String text) {
        try {
            URI url = new URI(text);
            return text.length() <= TEXT_LENGTH_MAX
                    && url.getScheme() != null
                    && url.getScheme().matches("(?i)https?")
                    && url.getHost() != null
                    && url.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
