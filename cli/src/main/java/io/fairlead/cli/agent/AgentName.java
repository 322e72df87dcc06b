package io.fairlead.cli.agent;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/** An agent as GitLab's kubeconfig contexts name it: {@code project/path:agent}. */
public record AgentName(String project, String agent) {
    private static final Pattern AGENT = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** Reads the form {@code project/path:agent}. */
    public static final class Converter implements ITypeConverter<AgentName> {
        @Override
        public AgentName convert(String text) {
            return of(text).orElseThrow(() -> new TypeConversionException("\"" + text
                    + "\" is not project/path:agent; an agent's name has at most 63 small letters, digits"
                    + " and dashes"));
        }
    }

    /** What {@code project/path:agent} names; nothing when it has another form. */
    public static Optional<AgentName> of(String text) {
        int colon = text.lastIndexOf(':');
        String agent = text.substring(colon + 1);
        return colon < 1 || !AGENT.matcher(agent).matches()
                ? Optional.empty()
                : Optional.of(new AgentName(text.substring(0, colon), agent));
    }

    /** The REST path of the project's agents. */
    public String agentsPath() {
        return "/projects/" + ForgeApi.segment(project) + "/cluster_agents";
    }

    /** The agent as the server knows it. */
    public JsonNode find(ForgeApi api) {
        return api.list(agentsPath(), "project " + project).stream()
                .filter(found -> found.path("name").asString("").equals(agent))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NOT_FOUND, "project " + project + " has no agent \"" + agent + "\""));
    }

    @Override
    public String toString() {
        return project + ":" + agent;
    }
}
