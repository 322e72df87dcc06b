package io.fairlead.forge.agent;

import io.fairlead.agentcfg.text.ConfigurationText;
import io.fairlead.agentcfg.text.ProtoToJson;
import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.database.DatabaseUnavailableException;
import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.PushReview;
import io.fairlead.forge.project.DefaultBranchListener;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.repository.FileReader;
import io.fairlead.forge.repository.OpenRepository;
import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what agents' {@code config.yaml} say into force: at a push, before it has returned; when an agent is added or the
 * default branch is another; and at the start, for what a crash left out. What cannot be read is refused with its place, and
 * what was in force before stays. Whatever kas reports changes nothing here, so nothing older comes back that way.
 *
 * <p>Looks at one project go one after the other, each at where the branch stands by then; so the last look sees the newest.
 */
public final class AgentConfigurations implements PushReview, DefaultBranchListener {
    private static final Logger log = LoggerFactory.getLogger(AgentConfigurations.class);
    private static final int SHORT_ID = 8;

    /** Of what is said about a file, in characters. */
    private static final int LINE_LENGTH_MAX = 500;

    private final AgentConfigurationQueries queries;
    private final ProjectQueries projects;
    private final Repositories repositories;
    private final InstantSource clock;
    private final SharedNames names;
    private final ProjectTurns turns = new ProjectTurns();
    /** Projects whose last look failed; as many as the forge has, at the most. */
    private final Set<Long> failed = ConcurrentHashMap.newKeySet();

    public AgentConfigurations(
            AgentConfigurationQueries queries,
            ProjectQueries projects,
            Repositories repositories,
            InstantSource clock,
            GroupSharing sharing) {
        this.queries = queries;
        this.projects = projects;
        this.repositories = repositories;
        this.clock = clock;
        names = new SharedNames(sharing);
    }

    /** Looks at every project that has agents; what fails is logged, and what was in force there stays. */
    public void refreshAll() {
        for (long project : queries.projects()) {
            attempt(project);
        }
    }

    /** Looks at one project's agents, of which one may be new. Returns lines for whoever changed something. */
    public List<String> refresh(long projectId) {
        return refresh(projectId, agent -> true);
    }

    private List<String> refresh(long projectId, LongPredicate wanted) {
        return turns.inTurn(projectId, () -> {
            List<AgentConfigurationQueries.Known> agents = queries.ofProject(projectId).stream()
                    .filter(agent -> wanted.test(agent.agentId()))
                    .toList();
            Optional<Project> project = agents.isEmpty() ? Optional.empty() : projects.byId(projectId);
            return project.isEmpty() ? List.of() : look(project.get(), agents);
        });
    }

    @Override
    public List<String> pushed(PushEvent event) {
        return event.updates().stream().anyMatch(update -> update.ref().startsWith("refs/heads/"))
                ? attempt(event.projectId())
                : List.of();
    }

    @Override
    public void defaultBranchChanged(long projectId) {
        attempt(projectId);
    }

    /** Looks at the projects whose last look failed; called now and then. */
    void lookAgain() {
        for (long projectId : failed) {
            if (attempt(projectId).isEmpty() && !failed.contains(projectId)) {
                log.info("configurations of agents of project {} have been looked at after all", projectId);
            }
        }
    }

    /** What was asked for has happened already, so it does not fail by this. */
    private List<String> attempt(long projectId) {
        try {
            List<String> said = refresh(projectId);
            failed.remove(projectId);
            return said;
        } catch (FairleadException e) {
            failed.add(projectId);
            log.warn("configurations of agents of project {} cannot be looked at: {}", projectId, e.getMessage());
            return List.of("WARNING: the configuration of this project's agents could not be looked at and stays as it"
                    + " was for the moment; the server tries again.");
        }
    }

    /** What is quoted from a file must not move the cursor of whoever reads it, nor break a header. */
    private static String plain(String line) {
        String visible = line.replaceAll("[^\\p{Print}]", "?");
        return visible.length() > LINE_LENGTH_MAX ? visible.substring(0, LINE_LENGTH_MAX) + "..." : visible;
    }

    /** What is in force for an agent, after a look whether that is still so. Nothing when the agent is not there. */
    public Optional<AgentConfiguration> inForce(Agent agent) {
        refresh(agent.projectId(), id -> id == agent.id());
        return queries.of(agent.id());
    }

    private List<String> look(Project project, List<AgentConfigurationQueries.Known> agents) {
        List<String> said = new ArrayList<>();
        try (OpenRepository repository = repositories.read(project.id(), project.defaultBranch())) {
            for (AgentConfigurationQueries.Known agent : agents) {
                String path = ConfigurationText.path(agent.name());
                Optional<FileReader.File> file = repository.files().file(project.defaultBranch(), path);
                String blob = file.map(FileReader.File::blobId).orElse("");
                if (agent.seenBlob().filter(blob::equals).isEmpty()) {
                    said.addAll(change(project, repository, agent, file));
                }
            }
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.read-failed", "the repository of project " + project.id() + " could not be read", e);
        }
        return said;
    }

    /** What goes wrong with one agent's file keeps none of the others from being looked at. */
    private List<String> change(
            Project project,
            OpenRepository repository,
            AgentConfigurationQueries.Known agent,
            Optional<FileReader.File> file)
            throws IOException {
        try {
            return file.isPresent() ? take(project, repository, agent, file.get()) : withdraw(agent);
        } catch (DatabaseUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            log.error("the configuration of agent {} could not be taken", agent.agentId(), e);
            return List.of("ERROR: the configuration of agent " + agent.name()
                    + " could not be taken and stays as it was; the server's log says why.");
        }
    }

    private List<String> withdraw(AgentConfigurationQueries.Known agent) {
        queries.enforce(
                agent.agentId(),
                new AgentConfiguration(ForgeJson.MAPPER.createObjectNode(), "", ""),
                "",
                clock.instant());
        return List.of();
    }

    private List<String> take(
            Project project, OpenRepository repository, AgentConfigurationQueries.Known agent, FileReader.File file)
            throws IOException {
        try {
            if (file.size() > ConfigurationText.BYTES_MAX) {
                throw new FairleadException(
                        "configuration.invalid",
                        file.path() + " has " + file.size() + " bytes, more than the " + ConfigurationText.BYTES_MAX
                                + " that a configuration may have");
            }
            ConfigurationText text =
                    ConfigurationText.parse(file.path(), repository.files().bytes(file.blobId()));
            queries.enforce(
                    agent.agentId(),
                    new AgentConfiguration(ProtoToJson.of(text.file()), file.commitId(), ""),
                    file.blobId(),
                    clock.instant());
            return Stream.concat(
                            text.warnings().stream(),
                            names.inVain(project.fullPath(), file.path(), text.file()).stream())
                    .map(line -> "WARNING: " + plain(line))
                    .toList();
        } catch (FairleadException e) {
            String problem = plain(e.getMessage() == null ? e.code() : e.getMessage());
            queries.refuse(agent.agentId(), file.blobId(), problem, clock.instant());
            return List.of(
                    "ERROR: " + problem,
                    agent.commit().isEmpty()
                            ? "Until that is mended, agent " + agent.name() + " is shared with nobody."
                            : "Until that is mended, the configuration of commit "
                                    + agent.commit().substring(0, SHORT_ID) + " stays in force for agent "
                                    + agent.name() + ".");
        }
    }
}
