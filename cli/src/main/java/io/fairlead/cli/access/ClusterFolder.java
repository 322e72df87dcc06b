package io.fairlead.cli.access;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The folder of a repository that Flux applies to a cluster. */
record ClusterFolder(ForgeApi api, String project, String branch, String folder) {
    private static final String MADE_HERE = "# Made by \"fairlead grant\".";
    private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,200}\\.yaml");
    private static final String KUSTOMIZATION = "kustomization.yaml";

    /** The list of resources in the form that everybody writes: one a line, each after a dash. */
    private static final Pattern RESOURCES = Pattern.compile("(?m)^resources:[ \\t]*\\R(?<indent>[ \\t]*)- ");

    /** A file as it is on the branch, and the commit that a change of it must find there. */
    private record Existing(String text, String lastCommit) {}

    static ClusterFolder find(ForgeApi api, String project, Optional<String> branch, Optional<String> folder) {
        String on = branch.orElseGet(() -> api.get(path(project), "project " + project)
                .path("default_branch")
                .asString("main"));
        String where = folder.map(name -> name.replaceAll("^/+|/+$", "")).orElseGet(() -> only(api, project, on));
        return new ClusterFolder(api, project, on, where);
    }

    private static String path(String project) {
        return "/projects/" + ForgeApi.segment(project);
    }

    private static String only(ForgeApi api, String project, String branch) {
        List<String> folders = unlessMissing(() -> api.list(
                        path(project) + "/repository/tree?path=clusters&ref=" + ForgeApi.segment(branch),
                        "the folder clusters"))
                .orElse(List.of())
                .stream()
                .filter(entry -> entry.path("type").asString("").equals("tree"))
                .map(entry -> entry.path("path").asString())
                .toList();
        if (folders.size() == 1) {
            return folders.getFirst();
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                "name the folder that Flux applies with --path: " + project + " has "
                        + (folders.isEmpty() ? "none below clusters" : String.join(", ", folders)));
    }

    /** A commit that was made. */
    record Made(JsonNode commit, String file) {}

    /**
     * Writes a grant and makes one commit of it; nothing when the branch has it already. What another grant wrote under the same
     * name stays, applied or not: this one then has a name of its own.
     */
    Optional<Made> commit(String fileName, ProposedGrant grant, String message) {
        // The name comes from the agent, which is not to choose among the files of a repository.
        if (!FILE_NAME.matcher(fileName).matches() || fileName.equals(KUSTOMIZATION)) {
            throw new CommandFailure(
                    ExitCode.FAILED, "the agent proposes a file that is no manifest of its own: nothing was committed");
        }
        String name = fileName;
        String manifest = grant.manifest();
        Optional<Existing> there = file(name);
        if (there.filter(file -> !says(file, grant.manifest()) && file.text.startsWith(MADE_HERE))
                .isPresent()) {
            String suffix = "-" + digits(manifest);
            name = fileName.substring(0, fileName.length() - ".yaml".length()) + suffix + ".yaml";
            manifest = grant.renamed(suffix).manifest();
            there = file(name);
        }
        if (there.isPresent()) {
            if (says(there.get(), manifest)) {
                return Optional.empty();
            }
            throw new CommandFailure(
                    ExitCode.EXISTS,
                    folder + "/" + name + " exists on " + branch
                            + " and was not made by this command; change it by hand, or remove it first");
        }
        List<Map<String, String>> actions = new ArrayList<>();
        actions.add(action(name, MADE_HERE + "\n" + manifest, there));
        Optional<Existing> kustomization = file(KUSTOMIZATION);
        String listed = name;
        kustomization
                .flatMap(file -> listing(file.text, listed))
                .ifPresent(text -> actions.add(action(KUSTOMIZATION, text, kustomization)));
        JsonNode commit = api.post(
                path(project) + "/repository/commits",
                Map.of("branch", branch, "commit_message", message, "actions", actions),
                "the commit to " + branch + " of " + project);
        return Optional.of(new Made(commit, folder + "/" + name));
    }

    private static boolean says(Existing file, String manifest) {
        return withoutRemarks(file.text).equals(withoutRemarks(manifest));
    }

    /** Of what it says, so that nobody asks twice for two names. */
    private static String digits(String manifest) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(manifest.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private Map<String, String> action(String name, String content, Optional<Existing> there) {
        String path = folder + "/" + name;
        return there.map(file -> Map.of(
                        "action", "update", "file_path", path, "content", content, "last_commit_id", file.lastCommit))
                .orElse(Map.of("action", "create", "file_path", path, "content", content));
    }

    /** The kustomization with {@code name} among its resources; nothing when it is there. */
    private Optional<String> listing(String kustomization, String name) {
        if (Pattern.compile("(?m)^[ \\t]*- (\\./)?" + Pattern.quote(name) + "[ \\t]*$")
                .matcher(kustomization)
                .find()) {
            return Optional.empty();
        }
        Matcher list = RESOURCES.matcher(kustomization);
        if (!list.find()) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    folder + "/" + KUSTOMIZATION + " has no list of resources, one a line, that " + name
                            + " could be added to; add it by hand");
        }
        int at = list.start("indent");
        return Optional.of(kustomization.substring(0, at) + list.group("indent") + "- " + name + "\n"
                + kustomization.substring(at));
    }

    private Optional<Existing> file(String name) {
        return unlessMissing(() -> api.get(
                        path(project) + "/repository/files/" + ForgeApi.segment(folder + "/" + name) + "?ref="
                                + ForgeApi.segment(branch),
                        folder + "/" + name))
                .map(file -> new Existing(
                        new String(
                                Base64.getMimeDecoder()
                                        .decode(file.path("content").asString("")),
                                StandardCharsets.UTF_8),
                        file.path("last_commit_id").asString("")));
    }

    private static <T> Optional<T> unlessMissing(Supplier<T> question) {
        try {
            return Optional.of(question.get());
        } catch (CommandFailure e) {
            if (e.exitCode() == ExitCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String withoutRemarks(String text) {
        return text.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n"));
    }
}
