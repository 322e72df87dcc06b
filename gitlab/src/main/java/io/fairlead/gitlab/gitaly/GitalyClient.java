package io.fairlead.gitlab.gitaly;

import com.google.protobuf.ByteString;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.api.GitalyInfo;
import io.fairlead.gitlab.api.GitalyRepository;
import io.fairlead.gitlab.api.RequestLimit;
import io.fairlead.gitlab.gitaly.rpc.CommitServiceGrpc;
import io.fairlead.gitlab.gitaly.rpc.GetTreeEntriesRequest;
import io.fairlead.gitlab.gitaly.rpc.InfoRefsRequest;
import io.fairlead.gitlab.gitaly.rpc.Repository;
import io.fairlead.gitlab.gitaly.rpc.SmartHTTPServiceGrpc;
import io.fairlead.gitlab.gitaly.rpc.TreeEntry;
import io.fairlead.gitlab.gitaly.rpc.TreeEntryRequest;
import io.fairlead.gitlab.gitaly.rpc.TreeEntryResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads what kas needs from a project's repository. Calls block: run them on virtual threads. Every failure is a
 * {@link GitalyException}.
 */
public final class GitalyClient implements AutoCloseable {
    /** kas 16.5: over all servers 30 calls a second, 70 at once; for each server 15 and 40. */
    private static final double CALLS_PER_SECOND = 30;

    private static final int CALLS_AT_ONCE = 70;
    private static final double SERVER_CALLS_PER_SECOND = 15;
    private static final int SERVER_CALLS_AT_ONCE = 40;

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    /** A listing longer than this is cut off with an error rather than kept in memory. */
    private static final int ENTRIES_MAX = 100_000;

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final ClientInterceptor DEADLINE = new ClientInterceptor() {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withDeadlineAfter(CALL_TIMEOUT));
        }
    };

    private final Clock clock;
    private final ExecutorService threads;
    private final RequestLimit limit;
    private final GitalyChannels channels;

    /** @param caFile authorities for {@code tls://} addresses; empty: the system's */
    public GitalyClient(Optional<Path> caFile, String userAgent, Clock clock, Scheduler time) {
        this.clock = clock;
        this.threads = VirtualThreads.perTask("gitaly");
        this.limit = new RequestLimit(CALLS_PER_SECOND, CALLS_AT_ONCE, time);
        this.channels = new GitalyChannels(
                caFile,
                userAgent,
                threads,
                () -> new RequestLimit(SERVER_CALLS_PER_SECOND, SERVER_CALLS_AT_ONCE, time));
    }

    /** Where the first of {@code refs} (full names) that exists stands. */
    public Head head(GitalyInfo gitaly, GitalyRepository repository, List<String> refs) {
        return call(gitaly, "InfoRefsUploadPack", channel -> {
            RefAdvertisement refsRead = new RefAdvertisement(refs);
            var answer = SmartHTTPServiceGrpc.newBlockingStub(channel)
                    .infoRefsUploadPack(InfoRefsRequest.newBuilder()
                            .setRepository(message(repository))
                            .build());
            while (answer.hasNext()) {
                if (refsRead.feed(answer.next().getData().toByteArray())) {
                    break;
                }
            }
            return refsRead.head();
        });
    }

    /**
     * A file's bytes, or empty when it is not there at that revision.
     *
     * @throws GitalyException {@code gitaly.precondition} when the file has more than {@code bytesMax} bytes or is none
     */
    public Optional<byte[]> file(
            GitalyInfo gitaly, GitalyRepository repository, String revision, String path, int bytesMax) {
        try {
            return Optional.of(
                    call(gitaly, "TreeEntry", channel -> readFile(channel, repository, revision, path, bytesMax)));
        } catch (GitalyException e) {
            if (e.code().equals(GitalyException.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static byte[] readFile(
            Channel channel, GitalyRepository repository, String revision, String path, int bytesMax) {
        var answer = CommitServiceGrpc.newBlockingStub(channel)
                .treeEntry(TreeEntryRequest.newBuilder()
                        .setRepository(message(repository))
                        .setRevision(ByteString.copyFromUtf8(revision))
                        .setPath(ByteString.copyFromUtf8(path))
                        .setMaxSize(bytesMax)
                        .build());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean first = true;
        while (answer.hasNext()) {
            TreeEntryResponse part = answer.next();
            if (first && part.getType() != TreeEntryResponse.ObjectType.BLOB) {
                throw new GitalyException(
                        GitalyException.PRECONDITION, path + " is a " + part.getType() + " and must be a file", null);
            }
            first = false;
            if (bytes.size() + part.getData().size() > bytesMax) {
                throw new GitalyException(
                        GitalyException.PRECONDITION, path + " is larger than " + bytesMax + " bytes", null);
            }
            bytes.writeBytes(part.getData().toByteArray());
        }
        return bytes.toByteArray();
    }

    /** The paths of all files below {@code path}, however deep; empty when there is no such folder. */
    public List<String> files(GitalyInfo gitaly, GitalyRepository repository, String revision, String path) {
        List<String> paths = new ArrayList<>();
        try {
            call(gitaly, "GetTreeEntries", channel -> {
                readTree(channel, repository, revision, path, paths::add);
                return paths;
            });
        } catch (GitalyException e) {
            if (e.code().equals(GitalyException.NOT_FOUND)) {
                return List.of();
            }
            throw e;
        }
        return paths;
    }

    private static void readTree(
            Channel channel, GitalyRepository repository, String revision, String path, Consumer<String> file) {
        var answer = CommitServiceGrpc.newBlockingStub(channel)
                .getTreeEntries(GetTreeEntriesRequest.newBuilder()
                        .setRepository(message(repository))
                        .setRevision(ByteString.copyFromUtf8(revision))
                        .setPath(ByteString.copyFromUtf8(path))
                        .setRecursive(true)
                        .build());
        int entries = 0;
        while (answer.hasNext()) {
            for (TreeEntry entry : answer.next().getEntriesList()) {
                entries++;
                if (entries > ENTRIES_MAX) {
                    throw new GitalyException(
                            GitalyException.PRECONDITION, path + " holds more than " + ENTRIES_MAX + " entries", null);
                }
                if (entry.getType() == TreeEntry.EntryType.BLOB) {
                    file.accept(entry.getPath().toStringUtf8());
                }
            }
        }
    }

    private <T> T call(GitalyInfo gitaly, String name, Function<Channel, T> calls) {
        GitalyChannels.Target target = channels.to(gitaly.address());
        awaitTurn(limit, name);
        awaitTurn(target.limit(), name);
        Channel channel = ClientInterceptors.intercept(
                target.channel(), MetadataUtils.newAttachHeadersInterceptor(headers(gitaly)), DEADLINE);
        // Leaving the context ends every call begun in it, also one whose answer was not read to its end.
        try (Context.CancellableContext context = Context.current().withCancellation()) {
            return context.call(() -> calls.apply(channel));
        } catch (StatusRuntimeException e) {
            throw failure(gitaly, name, e);
        } catch (GitalyException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Gitaly client failed unexpectedly at " + name, e);
        }
    }

    private static void awaitTurn(RequestLimit limit, String name) {
        try {
            if (!limit.await(CALL_TIMEOUT)) {
                throw new GitalyException(
                        GitalyException.UNAVAILABLE, name + ": too many calls to Gitaly wait already", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GitalyException(GitalyException.UNAVAILABLE, name + ": the caller was interrupted", e);
        }
    }

    private Metadata headers(GitalyInfo gitaly) {
        Metadata headers = new Metadata();
        gitaly.features()
                .forEach((key, value) -> headers.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), value));
        if (!gitaly.token().isEmpty()) {
            headers.put(AUTHORIZATION, "Bearer " + GitalyToken.sign(gitaly.token(), clock));
        }
        return headers;
    }

    private static GitalyException failure(GitalyInfo gitaly, String name, StatusRuntimeException e) {
        Status status = e.getStatus();
        String text = "Gitaly at " + gitaly.address() + " answered " + status.getCode() + " to " + name
                + (status.getDescription() == null ? "" : ": " + status.getDescription());
        String code = switch (status.getCode()) {
            case NOT_FOUND -> GitalyException.NOT_FOUND;
            case FAILED_PRECONDITION, INVALID_ARGUMENT -> GitalyException.PRECONDITION;
            default -> GitalyException.UNAVAILABLE;
        };
        return new GitalyException(code, text, e);
    }

    private static Repository message(GitalyRepository repository) {
        return Repository.newBuilder()
                .setStorageName(repository.storageName())
                .setRelativePath(repository.relativePath())
                .setGitObjectDirectory(repository.gitObjectDirectory())
                .addAllGitAlternateObjectDirectories(repository.gitAlternateObjectDirectories())
                .setGlRepository(repository.glRepository())
                .setGlProjectPath(repository.glProjectPath())
                .build();
    }

    @Override
    public void close() {
        channels.close();
        threads.shutdownNow();
    }
}
