package io.fairlead.forge.git;

import io.fairlead.forge.git.GitAccess.Verdict;
import io.fairlead.forge.git.GitAccess.Verdict.Admitted;
import io.fairlead.forge.key.KeyHolder;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.Repositories;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jgit.lib.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clone, fetch and push over one two-way connection, for whoever showed an SSH key. Blocks until the client is done. */
public final class GitSessions {
    private static final Logger log = LoggerFactory.getLogger(GitSessions.class);
    private static final int BUFFER = 32 * 1024;
    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int FAILED = 128;

    private final GitAccess access;
    private final Repositories repositories;
    private final ReceiveSide receive;
    private final GitSlots packs;
    private final GitSlots pushes;

    /**
     * Who has signed in.
     *
     * @param now looks that up again; nothing when the key is nobody's any more
     */
    public record Client(KeyHolder holder, Supplier<Optional<KeyHolder>> now) {
        private String name() {
            return switch (holder) {
                case KeyHolder.Person person -> "user " + person.user().id();
                case KeyHolder.Machine machine -> "key " + machine.fingerprint();
            };
        }
    }

    /** The three ways of a connection; {@code messages} is read by the person in front of the client. */
    public record Streams(InputStream in, OutputStream out, OutputStream messages) {}

    /**
     * @param packs how many packs are made at once, over HTTP too
     * @param pushes how many connections push at once: they wait for their clients, so they are counted apart
     */
    public GitSessions(
            GitAccess access, Repositories repositories, ReceiveSide receive, GitSlots packs, GitSlots pushes) {
        this.access = access;
        this.repositories = repositories;
        this.receive = receive;
        this.packs = packs;
        this.pushes = pushes;
    }

    /**
     * Serves one command.
     *
     * @param path the project's full path
     * @param protocol what the client asked for, such as {@code version=2}; may be empty
     * @return the exit code of the command
     */
    public int serve(Client client, GitService service, String path, List<String> protocol, Streams streams)
            throws IOException {
        return switch (access.decide(client.holder, path, service)) {
            case Admitted admitted -> converse(client, admitted, service, protocol, streams);
            case Verdict.Hidden() -> refuse(streams, GitRoutes.HIDDEN);
            case Verdict.PasswordNeeded() -> refuse(streams, GitRoutes.HIDDEN);
            case Verdict.Refused(String why) -> refuse(streams, why);
        };
    }

    private int converse(Client client, Admitted admitted, GitService service, List<String> protocol, Streams streams)
            throws IOException {
        long project = admitted.project().id();
        OutputStream out = new BufferedOutputStream(streams.out(), BUFFER);
        try (Repository repository =
                repositories.open(project, admitted.project().defaultBranch())) {
            switch (service) {
                case UPLOAD_PACK ->
                    UploadSide.converse(
                            repository, protocol, packs, client.name(), streams.in(), out, streams.messages());
                case RECEIVE_PACK -> {
                    ReceiveSide.Push push = new ReceiveSide.Push(
                            admitted.project(),
                            admitted.pusher().orElseThrow(),
                            client.name(),
                            () -> decidedNow(client, admitted.project()));
                    try (Repositories.Turn _ = repositories.writing(project)) {
                        receive.converse(repository, push, pushes, streams.in(), out, streams.messages());
                    }
                }
            }
            return DONE;
        } catch (IOException | RuntimeException e) {
            // Mostly a client that went away; JGit has told it what else there was to tell.
            log.debug("{} of project {} over SSH broke off", service.text(), project, e);
            return FAILED;
        }
    }

    private Verdict decidedNow(Client client, Project project) {
        return client.now
                .get()
                .map(holder -> access.decide(holder, project.fullPath(), GitService.RECEIVE_PACK))
                .orElseGet(Verdict.Hidden::new);
    }

    private static int refuse(Streams streams, String why) throws IOException {
        streams.messages().write(("ERROR: " + why + "\n").getBytes(StandardCharsets.UTF_8));
        streams.messages().flush();
        return REFUSED;
    }
}
