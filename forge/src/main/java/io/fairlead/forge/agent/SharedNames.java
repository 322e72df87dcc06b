package io.fairlead.forge.agent;

import io.fairlead.agentcfg.ConfigurationFile;
import io.fairlead.forge.namespace.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/** Finds what a configuration names in vain, because it is in another top-level group without a rule of the administrator's. */
final class SharedNames {
    /** Of them all, how many are told of. */
    static final int TOLD_MAX = 10;

    private final GroupSharing sharing;

    SharedNames(GroupSharing sharing) {
        this.sharing = sharing;
    }

    /** Lines for whoever pushed {@code file}. */
    List<String> inVain(String agentsProjectPath, String file, ConfigurationFile configuration) {
        List<String> lines = new ArrayList<>();
        BiConsumer<String, String> look = (place, name) -> {
            if (!name.isEmpty() && !sharing.reaches(agentsProjectPath, name)) {
                lines.add(file + ": " + place + " names " + name
                        + ", which is in another top-level group, and has no effect"
                        + " until the administrator adds \"" + Namespace.root(agentsProjectPath) + ":"
                        + Namespace.root(name) + "\" to agents.shared_across_groups");
            }
        };
        var ci = configuration.getCiAccess();
        var user = configuration.getUserAccess();
        each(ci.getProjectsCount(), i -> ci.getProjects(i).getId(), "ci_access.projects", look);
        each(ci.getGroupsCount(), i -> ci.getGroups(i).getId(), "ci_access.groups", look);
        each(user.getProjectsCount(), i -> user.getProjects(i).getId(), "user_access.projects", look);
        each(user.getGroupsCount(), i -> user.getGroups(i).getId(), "user_access.groups", look);
        if (lines.size() <= TOLD_MAX) {
            return lines;
        }
        List<String> told = new ArrayList<>(lines.subList(0, TOLD_MAX));
        told.add(file + ": " + (lines.size() - TOLD_MAX) + " more entries name what is in other top-level groups");
        return told;
    }

    private static void each(int count, IntFunction<String> name, String list, BiConsumer<String, String> look) {
        for (int i = 0; i < count; i++) {
            look.accept(list + "[" + i + "]", name.apply(i));
        }
    }
}
