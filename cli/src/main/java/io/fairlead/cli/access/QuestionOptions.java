package io.fairlead.cli.access;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a question is about, said as to kubectl. */
final class QuestionOptions {
    @Parameters(index = "0", paramLabel = "VERB", description = "get, list, watch, create, update, patch, delete, ...")
    private String verb = "";

    @Parameters(
            index = "1",
            paramLabel = "RESOURCE[.GROUP][/NAME]",
            description = "As to kubectl: pods, po, deployments.apps/web; or a path such as /metrics.")
    private String what = "";

    @Option(names = "--subresource", paramLabel = "NAME", description = "Such as log, exec or scale.")
    private String subresource = "";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "The namespace (default: the kubeconfig's, else default).")
    private Optional<String> namespace = Optional.empty();

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "In all namespaces at once.")
    private boolean everywhere;

    /**
     * The question in the form that the agent reads.
     *
     * @param usual the namespace meant when none is named
     */
    String query(AgentDoor door, String usual) {
        if (what.startsWith("/")) {
            return "verb=" + ForgeApi.segment(verb) + "&path=" + ForgeApi.segment(what);
        }
        if (everywhere && namespace.isPresent()) {
            throw new CommandFailure(ExitCode.USAGE, "--namespace and --all-namespaces exclude each other");
        }
        int slash = what.indexOf('/');
        String typed = slash < 0 ? what : what.substring(0, slash);
        String name = slash < 0 ? "" : what.substring(slash + 1);
        KnownResource resource = KnownResource.find(door, typed);
        String where = everywhere || !resource.namespaced() ? "" : namespace.orElse(usual);
        if (resource.resource().equals("namespaces") && resource.apiGroup().isEmpty()) {
            // A namespace is in itself.
            where = name;
        }
        return "verb=" + ForgeApi.segment(verb)
                + "&resource=" + ForgeApi.segment(resource.resource())
                + part("group", resource.apiGroup())
                + part("subresource", subresource)
                + part("namespace", where)
                + part("name", name);
    }

    private static String part(String name, String value) {
        return value.isEmpty() ? "" : "&" + name + "=" + ForgeApi.segment(value);
    }

    /** For a commit's message: what was asked for. */
    String text() {
        return verb + " " + what + (subresource.isEmpty() ? "" : " (" + subresource + ")");
    }
}
