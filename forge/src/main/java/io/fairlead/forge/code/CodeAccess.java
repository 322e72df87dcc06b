package io.fairlead.forge.code;

import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.git.GitSlots;
import io.fairlead.forge.git.Pusher;
import io.fairlead.forge.git.RefChange;
import io.fairlead.forge.git.RefMoves;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.repository.CommitRefusal;
import io.fairlead.forge.repository.CommitWriter;
import io.fairlead.forge.repository.OpenRepository;
import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * How the routes of this package come to a repository: one at a time of the slots that all Git operations share, what is
 * written goes through {@link RefMoves} as a push does, and refusals become answers here alone.
 */
public final class CodeAccess {
    /** What a token may read a repository's files with. */
    static final Set<Scope> FILES = Set.of(Scope.API, Scope.READ_API, Scope.READ_REPOSITORY);

    static final Access READ = Access.reading(Permission.DOWNLOAD_CODE);
    static final Access READ_FILES = new Access.OnProject(Permission.DOWNLOAD_CODE, FILES);
    static final Access WRITE = Access.changing(Permission.PUSH_CODE);

    /** Of a request with files; Base64 makes of it files of three quarters. */
    private static final int BODY_BYTES_MAX = 16 << 20;

    private static final Duration BODY_WAIT_MAX = Duration.ofSeconds(30);

    private final GitSlots largeBodies = new GitSlots(1, BODY_WAIT_MAX);
    private final ProjectQueries projects;
    private final UserQueries users;
    private final Repositories repositories;
    private final RefMoves moves;
    private final GitSlots slots;
    private final InstantSource clock;
    private final String externalUrl;

    public CodeAccess(
            ProjectQueries projects,
            UserQueries users,
            Repositories repositories,
            RefMoves moves,
            GitSlots slots,
            InstantSource clock,
            String externalUrl) {
        this.projects = projects;
        this.users = users;
        this.repositories = repositories;
        this.moves = moves;
        this.slots = slots;
        this.clock = clock;
        this.externalUrl = externalUrl;
    }

    /** What a route does with a repository. */
    interface Work<T> {
        T with(OpenRepository repository, Project project) throws IOException, CommitRefusal;
    }

    /** Opens the repository of the route's project for as long as {@code work} takes. */
    <T> T open(Exchange exchange, Work<T> work) {
        Project project = project(exchange);
        try {
            return slots.with(exchange.client(), () -> {
                try (Repositories.Turn _ = repositories.writing(project.id());
                        OpenRepository repository = repositories.read(project.id(), project.defaultBranch())) {
                    return work.with(repository, project);
                } catch (CommitRefusal e) {
                    throw switch (e.reason()) {
                        case MISFIT -> ApiError.message(400, e.message());
                        case FORBIDDEN -> ApiError.forbidden(e.message());
                        case OVERTAKEN -> ApiError.message(409, e.message());
                    };
                }
            });
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.read-failed", "the repository of project " + project.id() + " could not be read", e);
        }
    }

    /** What a route does with a body that may be large. */
    interface BodyWork {
        Reply with(Parameters parameters);
    }

    /** Reads the route's body, which may hold files. A large one is in memory several times over, so one at a time. */
    Reply withBody(Exchange exchange, BodyWork work) {
        if (exchange.smallBody()) {
            return work.with(exchange.parameters());
        }
        try (GitSlots.Slot _ = largeBodies.take(exchange.client())) {
            return work.with(exchange.parameters(BODY_BYTES_MAX));
        }
    }

    Project project(Exchange exchange) {
        return projects.byId(exchange.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
    }

    CommitWriter writer(OpenRepository repository) {
        return repository.writer(clock.instant());
    }

    /** Moves a reference as the caller, who is told in the answer's header what there is to say about that. */
    void move(Exchange exchange, Project project, RefChange change) throws CommitRefusal {
        Caller.Person person = exchange.person();
        moves.move(project, new Pusher.Person(person.userId(), person.username(), person.admin()), change)
                .forEach(exchange::warn);
    }

    CommitWriter.Author author(Exchange exchange) {
        User user = users.byId(exchange.person().userId()).orElseThrow(ApiError::unauthorized);
        return new CommitWriter.Author(user.name(), user.email());
    }

    String webUrl(Project project) {
        return externalUrl + "/" + project.fullPath();
    }
}
