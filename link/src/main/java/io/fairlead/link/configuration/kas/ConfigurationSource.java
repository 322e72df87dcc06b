package io.fairlead.link.configuration.kas;

import io.fairlead.agentcfg.ConfigurationFile;
import io.fairlead.agentcfg.text.ConfigurationText;
import io.fairlead.base.error.FairleadException;
import io.fairlead.gitlab.gitaly.GitalyClient;
import io.fairlead.gitlab.gitaly.GitalyException;
import io.fairlead.gitlab.gitaly.Head;
import io.fairlead.link.identity.AgentInfo;
import io.grpc.Status;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads configurations of agents from their project's repository. Blocks. */
final class ConfigurationSource {
    private final GitalyClient gitaly;
    private final int fileBytesMax;

    ConfigurationSource(GitalyClient gitaly, int fileBytesMax) {
        this.gitaly = gitaly;
        this.fileBytesMax = fileBytesMax;
    }

    /** Where the default branch stands; GitLab may name one that was never pushed, hence the two usual names. */
    Head head(AgentInfo agent) {
        Set<String> refs = new LinkedHashSet<>();
        refs.add("refs/heads/" + agent.defaultBranch());
        refs.add("refs/heads/main");
        refs.add("refs/heads/master");
        return gitaly.head(agent.gitaly(), agent.repository(), List.copyOf(refs));
    }

    /** @throws GitalyException when Gitaly cannot be asked now */
    Reading read(AgentInfo agent, String commit) {
        String path = ConfigurationText.path(agent.agentName());
        try {
            Optional<byte[]> bytes = gitaly.file(agent.gitaly(), agent.repository(), commit, path, fileBytesMax);
            ConfigurationFile file = bytes.map(
                            text -> ConfigurationText.parse(path, text).file())
                    .orElse(ConfigurationFile.getDefaultInstance());
            return new Reading.Configured(commit, file);
        } catch (GitalyException e) {
            if (e.code().equals(GitalyException.PRECONDITION)) {
                return refused(commit, e);
            }
            throw e;
        } catch (FairleadException e) {
            return refused(commit, e);
        }
    }

    private static Reading refused(String commit, FairleadException e) {
        return new Reading.Refused(
                commit,
                Status.FAILED_PRECONDITION.withDescription(
                        "configuration at commit " + commit + ": " + e.getMessage()));
    }
}
