package io.fairlead.forge.git;

import io.fairlead.base.time.Deadline;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.repository.BranchNames;
import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.BasePackFetchConnection;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.PackLock;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;

/**
 * Fills the empty repository of a project with the branches and tags of another one, over HTTP. Redirects are not followed.
 * All references move as one, by the rules that pushes have; what fails leaves the repository empty.
 */
public final class RemoteImport {
    private static final int REFERENCES_MAX = 100_000;
    private static final int MESSAGE_MAX = 200;

    private final ProjectQueries projects;
    private final RefMoves moves;
    private final Repositories repositories;
    private final Predicate<InetAddress> allowed;
    private final Limits limits;

    /**
     * What one import may take.
     *
     * @param bytesMax that the other server may send
     * @param timeMax from the first connection to the last byte
     */
    public record Limits(long bytesMax, Duration timeMax) {}

    /** Name and password for the other server; may be empty. */
    public record SignIn(String name, String password) {
        @Override
        public String toString() {
            return "SignIn";
        }
    }

    /** @param allowed to which addresses it may be connected */
    public RemoteImport(
            ProjectQueries projects,
            RefMoves moves,
            Repositories repositories,
            Predicate<InetAddress> allowed,
            Limits limits) {
        this.projects = projects;
        this.moves = moves;
        this.repositories = repositories;
        this.allowed = allowed;
        this.limits = limits;
    }

    /**
     * Blocks until it is done.
     *
     * @param url without name and password
     * @param stopped asked now and then; once it says so the import fails
     */
    public void run(Project project, Pusher pusher, URI url, Optional<SignIn> signIn, BooleanSupplier stopped)
            throws ImportFailure {
        try (RemoteGuard guard = new RemoteGuard(allowed, limits.bytesMax(), Deadline.in(limits.timeMax()), stopped);
                Repositories.Turn _ = repositories.writing(project.id());
                Repository repository = repositories.open(project.id(), project.defaultBranch())) {
            repository.getConfig().setString("http", null, "followRedirects", "false");
            try (Transport transport = Transport.open(repository, new URIish(url.toString()))) {
                if (!(transport instanceof TransportHttp http)) {
                    throw new ImportFailure("only http and https addresses can be imported");
                }
                http.setHttpConnectionFactory(new Connections(guard));
                http.setCheckFetchedObjects(true);
                signIn.ifPresent(known -> http.setPreemptiveBasicAuthentication(known.name(), known.password()));
                fetch(repository, http, project, pusher);
            }
        } catch (IOException | URISyntaxException e) {
            throw explained(e);
        }
    }

    private record Connections(RemoteGuard guard) implements HttpConnectionFactory {
        @Override
        public HttpConnection create(URL url) {
            return new RemoteConnection(url, guard);
        }

        @Override
        public HttpConnection create(URL url, Proxy proxy) {
            return new RemoteConnection(url, guard);
        }
    }

    private void fetch(Repository repository, TransportHttp http, Project project, Pusher pusher) throws IOException {
        List<PackLock> locks = new ArrayList<>();
        try (FetchConnection connection = http.openFetch()) {
            if (!(connection instanceof BasePackFetchConnection)) {
                throw new ImportFailure("the server does not speak Git's smart protocol");
            }
            List<Ref> wanted = connection.getRefs().stream()
                    .filter(ref -> ref.getName().startsWith(Constants.R_HEADS)
                            || ref.getName().startsWith(Constants.R_TAGS))
                    .filter(ref -> Repository.isValidRefName(ref.getName()))
                    .toList();
            if (wanted.size() > REFERENCES_MAX) {
                throw new ImportFailure("it has more than " + REFERENCES_MAX + " branches and tags");
            }
            if (wanted.isEmpty()) {
                return;
            }
            Optional<String> head = head(connection, wanted);
            connection.fetch(NullProgressMonitor.INSTANCE, wanted, Set.of());
            locks.addAll(connection.getPackLocks());
            checkWhole(repository, wanted);
            move(repository, adopted(repository, project, head), pusher, wanted);
        } finally {
            for (PackLock lock : locks) {
                lock.unlock();
            }
        }
    }

    /** The branch that clones of the other repository begin with. */
    private static Optional<String> head(FetchConnection connection, List<Ref> wanted) {
        return Optional.ofNullable(connection.getRef(Constants.HEAD))
                .filter(Ref::isSymbolic)
                .map(head -> head.getTarget().getName())
                .filter(name -> wanted.stream().anyMatch(ref -> ref.getName().equals(name)))
                .map(name -> name.substring(Constants.R_HEADS.length()))
                .filter(BranchNames::valid);
    }

    private Project adopted(Repository repository, Project project, Optional<String> head) throws IOException {
        if (head.isEmpty() || head.get().equals(project.defaultBranch())) {
            return project;
        }
        moves.adopt(repository, project, head.get());
        return projects.byId(project.id()).orElseThrow(() -> new ImportFailure("the project was deleted meanwhile"));
    }

    /** Nothing that the references lead to may be missing, whatever the other server has sent. */
    private static void checkWhole(Repository repository, List<Ref> wanted) throws IOException {
        try (ObjectWalk walk = new ObjectWalk(repository)) {
            for (Ref ref : wanted) {
                walk.markStart(walk.parseAny(ref.getObjectId()));
            }
            walk.checkConnectivity();
        }
    }

    private void move(Repository repository, Project project, Pusher pusher, List<Ref> wanted) throws IOException {
        List<ReceiveCommand> commands = wanted.stream()
                .map(ref -> new ReceiveCommand(ObjectId.zeroId(), ref.getObjectId(), ref.getName()))
                .toList();
        try (RevWalk walk = new RevWalk(repository)) {
            moves.attempt(repository, walk, project, pusher, commands, true);
        }
        Optional<ReceiveCommand> refused = commands.stream()
                .filter(command -> command.getResult() != ReceiveCommand.Result.OK)
                .filter(command -> command.getResult() != ReceiveCommand.Result.NOT_ATTEMPTED)
                .findFirst();
        if (refused.isPresent()) {
            throw new ImportFailure(refused.get().getRefName() + ": "
                    + Optional.ofNullable(refused.get().getMessage())
                            .orElse(refused.get().getResult().name()));
        }
        moves.moved(repository, project, pusher, commands, List.of());
    }

    /** The sentence for whoever asked; what the other server said is shortened and has no signs that act. */
    private static ImportFailure explained(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case ImportFailure known -> {
                    return known;
                }
                case UnknownHostException _ -> {
                    return new ImportFailure("the host is not known", failure);
                }
                case NoRemoteRepositoryException _ -> {
                    return new ImportFailure("there is no Git repository at that address", failure);
                }
                case SSLException _ -> {
                    return new ImportFailure("the server's certificate is not trusted, or it speaks no TLS", failure);
                }
                default -> {
                    // Perhaps what caused it says more.
                }
            }
        }
        String said = String.valueOf(failure.getMessage()).replaceAll("\\p{Cntrl}", " ");
        return new ImportFailure(said.length() > MESSAGE_MAX ? said.substring(0, MESSAGE_MAX) + "…" : said, failure);
    }
}
