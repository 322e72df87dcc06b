package io.fairlead.forge.git;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a client said by {@code git push -o}: the options that GitLab knows, for whoever listens to pushes, and a line for the
 * person about each that has no effect.
 *
 * @param known in the order of the command line
 * @param warnings for the person who pushes
 */
record PushOptions(List<PushOption> known, List<String> warnings) {
    /** Ours; GitLab has no bound but Git's own. */
    static final int COUNT_MAX = 64;

    /** In characters; a pipeline's variable fits. Ours. */
    static final int LENGTH_MAX = 4_096;

    private static final int SHOWN_MAX = 60;
    private static final String MERGE_REQUEST = "merge_request.";

    /** GitLab's, as its documentation of push options lists them. */
    private static final Set<String> KNOWN = Set.of(
            "ci.skip",
            "ci.variable",
            "ci.input",
            "integrations.skip_ci",
            "secret_push_protection.skip_all",
            "merge_request.create",
            "merge_request.target",
            "merge_request.target_project",
            "merge_request.merge_when_pipeline_succeeds",
            "merge_request.auto_merge",
            "merge_request.remove_source_branch",
            "merge_request.squash",
            "merge_request.title",
            "merge_request.description",
            "merge_request.draft",
            "merge_request.milestone",
            "merge_request.label",
            "merge_request.unlabel",
            "merge_request.assign",
            "merge_request.unassign");

    /** Why a push with these options is refused; nothing when they are within bounds. */
    static Optional<String> refusal(List<String> said) {
        if (said.size() > COUNT_MAX) {
            return Optional.of("more than " + COUNT_MAX + " push options");
        }
        return said.stream().anyMatch(option -> option.length() > LENGTH_MAX)
                ? Optional.of("a push option of more than " + LENGTH_MAX + " characters")
                : Optional.empty();
    }

    static PushOptions read(List<String> said) {
        List<PushOption> known = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (String option : said) {
            int equals = option.indexOf('=');
            String written = equals < 0 ? option : option.substring(0, equals);
            String name = written.startsWith("mr.") ? MERGE_REQUEST + written.substring("mr.".length()) : written;
            if (!KNOWN.contains(name)) {
                warnings.add("WARNING: the push option \"" + shown(written) + "\" is not known here and is ignored.");
                continue;
            }
            known.add(new PushOption(name, equals < 0 ? "" : option.substring(equals + 1)));
            if (name.startsWith(MERGE_REQUEST)) {
                warnings.add(
                        "WARNING: the push option \"" + name + "\" has no effect: this server has no merge requests.");
            }
        }
        return new PushOptions(List.copyOf(known), List.copyOf(warnings));
    }

    private static String shown(String text) {
        String plain = text.replaceAll("[^\\p{Print}]", "?");
        return plain.length() > SHOWN_MAX ? plain.substring(0, SHOWN_MAX) + "…" : plain;
    }
}
