package io.fairlead.forge.agent;

import java.util.List;

/**
 * What an agent's configuration allows to people.
 *
 * @param projects full paths; members of these from Developer on may use the agent
 * @param groups full paths, likewise
 */
record UserAccess(As as, List<String> projects, List<String> groups) {
    /** As whom people act in the cluster. */
    enum As {
        /** As agentk itself. */
        AGENT,
        /** As themselves. */
        USER
    }
}
