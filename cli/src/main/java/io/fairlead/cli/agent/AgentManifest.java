package io.fairlead.cli.agent;

import io.fairlead.base.version.Version;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The Kubernetes objects of one agent: deploy/agentk/agentk.yaml, filled in. Values are checked rather than quoted, since
 * none of them has a reason to hold what would need quoting.
 *
 * @param users Kubernetes users the agent may act as; any when empty
 * @param groups Kubernetes groups the agent may act for; any when empty
 * @param flux whether it may tell Flux of pushes
 */
record AgentManifest(
        AgentName name,
        String namespace,
        String image,
        int replicas,
        String kasAddress,
        Optional<Path> caFile,
        List<String> users,
        List<String> groups,
        boolean flux) {
    static final String DEFAULT_IMAGE =
            "fairlead.local/agentk:" + Version.current().number();

    private static final String CA_ARGUMENT = "            - \"--ca-cert-file=/etc/agentk/config/ca.crt\"";
    private static final String FLUX_RULE = """
              # To make Flux look at a repository as soon as it was pushed to.
              - apiGroups: ["source.toolkit.fluxcd.io"]
                resources: ["gitrepositories"]
                verbs: ["list", "patch"]""".stripIndent().indent(2).stripTrailing();
    private static final Pattern PLACE = Pattern.compile("\\$\\{([a-z_]+)}");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9:/@._~%+\\[\\]-]{1,512}");

    String yaml(String token) {
        check(LABEL, "namespace", namespace);
        check(PLAIN, "image", image);
        check(PLAIN, "kas address", kasAddress);
        users.forEach(user -> check(PLAIN, "user", user));
        groups.forEach(group -> check(PLAIN, "group", group));
        if (!PLAIN.matcher(token).matches()) {
            throw new CommandFailure(ExitCode.USAGE, "the agent token's file does not hold an agent token");
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put("agent", name.toString().replaceAll("[\\r\\n]", " "));
        values.put("namespace", namespace);
        values.put("cluster_role", namespace + "-impersonate");
        values.put("users_limit", limit(users));
        values.put("groups_limit", limit(groups));
        values.put("flux_rule", flux ? FLUX_RULE : "");
        values.put("token", token);
        values.put("ca", caFile.map(AgentManifest::indented).orElse("    "));
        values.put("ca_argument", caFile.isPresent() ? CA_ARGUMENT : "");
        values.put("replicas", String.valueOf(replicas));
        values.put("image", image);
        values.put("kas_address", kasAddress);
        Matcher places = PLACE.matcher(template());
        String filled = places.replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
        return filled.lines().filter(line -> !line.isEmpty()).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String limit(List<String> names) {
        return names.isEmpty()
                ? ""
                : names.stream()
                        .map(name -> "\"" + name + "\"")
                        .collect(Collectors.joining(", ", "    resourceNames: [", "]"));
    }

    private static void check(Pattern allowed, String what, String value) {
        if (!allowed.matcher(value).matches()) {
            throw new CommandFailure(ExitCode.USAGE, "\"" + value + "\" cannot be the " + what);
        }
    }

    private static String indented(Path file) {
        try {
            return Files.readString(file).lines().map(line -> "    " + line).collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the certificates in " + file + " cannot be read: " + e, e);
        }
    }

    private static String template() {
        try (InputStream in = AgentManifest.class.getResourceAsStream("agentk.yaml")) {
            if (in == null) {
                throw new IllegalStateException(
                        "agentk.yaml is not on the class path: the build must copy deploy/agentk");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
