package io.fairlead.apps.forge;

import io.fairlead.forge.code.CodeAccess;
import io.fairlead.forge.git.GitAccess;
import io.fairlead.forge.git.GitRoutes;
import io.fairlead.forge.git.GitSessions;
import io.fairlead.forge.git.GitSlots;
import io.fairlead.forge.git.PushListener;
import io.fairlead.forge.git.ReceiveSide;
import io.fairlead.forge.git.RefMoves;
import io.fairlead.forge.git.RefRules;
import io.fairlead.forge.git.RemoteImport;
import io.fairlead.forge.key.KeyHolders;
import io.fairlead.forge.ssh.SshListener;
import io.fairlead.forge.ssh.SshListenerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** What Git over HTTP and Git over SSH have in common: one door, one set of rules, one count of what runs at once. */
final class GitParts {
    private static final int OPERATIONS_MAX = 8;
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    /** As much as a push may bring. */
    private static final long IMPORT_BYTES_MAX = 10L << 30;

    private static final Duration IMPORT_TIME_MAX = Duration.ofHours(1);

    private final ForgeParts parts;
    private final GitAccess access;
    private final RefMoves moves;
    private final ReceiveSide receive;
    private final GitSlots slots = new GitSlots(OPERATIONS_MAX, WAIT_MAX);

    /** @param pushListeners are told about pushes */
    GitParts(ForgeParts parts, List<PushListener> pushListeners, Clock clock) {
        this.parts = parts;
        access = new GitAccess(parts.projectQueries, parts.access, parts.keys, clock);
        moves = new RefMoves(
                parts.projectQueries,
                new RefRules(parts.protection),
                parts.repositories,
                parts.agentConfigurations,
                pushListeners);
        receive = new ReceiveSide(moves);
    }

    GitRoutes http() {
        return new GitRoutes(access, parts.repositories, receive, slots);
    }

    /** Repositories over the API: what it writes passes the same rules. */
    CodeAccess code(Clock clock, String externalUrl) {
        return new CodeAccess(parts.projectQueries, parts.users, parts.repositories, moves, slots, clock, externalUrl);
    }

    /** Repositories from elsewhere: what they hold passes the same rules. */
    RemoteImport imports(Predicate<InetAddress> allowed) {
        return new RemoteImport(
                parts.projectQueries,
                moves,
                parts.repositories,
                allowed,
                new RemoteImport.Limits(IMPORT_BYTES_MAX, IMPORT_TIME_MAX));
    }

    SshListener ssh(InetSocketAddress listen, Path hostKey) {
        GitSlots pushes = new GitSlots(OPERATIONS_MAX, WAIT_MAX);
        return new SshListener(
                SshListenerConfig.on(listen),
                hostKey,
                new KeyHolders(parts.keys, parts.users),
                new GitSessions(access, parts.repositories, receive, slots, pushes));
    }
}
