package io.fairlead.gitlab.fake;

import com.google.protobuf.ByteString;
import io.fairlead.gitlab.gitaly.GitalyToken;
import io.fairlead.gitlab.gitaly.rpc.CommitServiceGrpc;
import io.fairlead.gitlab.gitaly.rpc.GetTreeEntriesRequest;
import io.fairlead.gitlab.gitaly.rpc.GetTreeEntriesResponse;
import io.fairlead.gitlab.gitaly.rpc.InfoRefsRequest;
import io.fairlead.gitlab.gitaly.rpc.InfoRefsResponse;
import io.fairlead.gitlab.gitaly.rpc.SmartHTTPServiceGrpc;
import io.fairlead.gitlab.gitaly.rpc.TreeEntry;
import io.fairlead.gitlab.gitaly.rpc.TreeEntryRequest;
import io.fairlead.gitlab.gitaly.rpc.TreeEntryResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Gitaly with repositories made of maps: references to commits, commits to files. Streams come in small pieces. */
public final class FakeGitaly implements AutoCloseable {
    private static final int PIECE_BYTES = 7;

    /** What one repository holds; change the maps while it runs. */
    public static final class Repository {
        public final Map<String, String> refs = new ConcurrentHashMap<>();
        /** Paths and texts by commit. */
        public final Map<String, Map<String, String>> files = new ConcurrentHashMap<>();

        /** Moves a branch to a commit with exactly these files. */
        public void push(String branch, String commit, Map<String, String> content) {
            files.put(commit, content);
            refs.put("refs/heads/" + branch, commit);
        }
    }

    private final String token;
    private final Server server;
    public final Map<String, Repository> repositories = new ConcurrentHashMap<>();
    public final List<String> calls = new CopyOnWriteArrayList<>();
    public final List<Metadata> headers = new CopyOnWriteArrayList<>();
    /** When set, every call fails so. */
    public volatile Status failure = Status.OK;

    /** @param token the secret that callers must prove; empty for none */
    public FakeGitaly(String token) {
        this.token = token;
        this.server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new Commits())
                .addService(new SmartHttp())
                .intercept(new Guard())
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String address() {
        return "tcp://127.0.0.1:" + server.getPort();
    }

    public Repository repository(String relativePath) {
        return repositories.computeIfAbsent(relativePath, path -> new Repository());
    }

    /** An object id made of one digit, for tests to read easily. */
    public static String commit(char digit) {
        return String.valueOf(digit).repeat(40);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Guard implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            calls.add(call.getMethodDescriptor().getBareMethodName());
            headers.add(metadata);
            String shown = metadata.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            boolean known = token.isEmpty()
                    || (shown != null
                            && shown.startsWith("Bearer ")
                            && GitalyToken.verify(shown.substring(7), token, Clock.systemUTC()));
            Status refusal = known ? failure : Status.UNAUTHENTICATED;
            if (!refusal.isOk()) {
                call.close(refusal, new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return next.startCall(call, metadata);
        }
    }

    private final class SmartHttp extends SmartHTTPServiceGrpc.SmartHTTPServiceImplBase {
        @Override
        public void infoRefsUploadPack(InfoRefsRequest request, StreamObserver<InfoRefsResponse> answer) {
            Repository repository = repositories.get(request.getRepository().getRelativePath());
            if (repository == null) {
                answer.onError(Status.NOT_FOUND.asRuntimeException());
                return;
            }
            byte[] bytes = advertisement(repository.refs).getBytes(StandardCharsets.UTF_8);
            for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
                answer.onNext(InfoRefsResponse.newBuilder()
                        .setData(ByteString.copyFrom(bytes, at, Math.min(PIECE_BYTES, bytes.length - at)))
                        .build());
            }
            answer.onCompleted();
        }
    }

    /** The advertisement that git upload-pack would give. */
    public static String advertisement(Map<String, String> refs) {
        StringBuilder text = new StringBuilder(pkt("# service=git-upload-pack\n")).append("0000");
        String capabilities = "\0multi_ack side-band-64k ofs-delta agent=git/2.42\n";
        if (refs.isEmpty()) {
            return text.append(pkt(commit('0') + " capabilities^{}" + capabilities))
                    .append("0000")
                    .toString();
        }
        boolean first = true;
        for (var ref : new TreeMap<>(refs).entrySet()) {
            text.append(pkt(ref.getValue() + " " + ref.getKey() + (first ? capabilities : "\n")));
            first = false;
        }
        return text.append("0000").toString();
    }

    private static String pkt(String line) {
        return String.format("%04x", line.length() + 4) + line;
    }

    private final class Commits extends CommitServiceGrpc.CommitServiceImplBase {
        private Map<String, String> files(String relativePath, String revision) {
            Repository repository = repositories.getOrDefault(relativePath, new Repository());
            String commit = repository.refs.getOrDefault(revision, revision);
            return repository.files.getOrDefault(commit, Map.of());
        }

        @Override
        public void treeEntry(TreeEntryRequest request, StreamObserver<TreeEntryResponse> answer) {
            Map<String, String> files = files(
                    request.getRepository().getRelativePath(),
                    request.getRevision().toStringUtf8());
            String path = request.getPath().toStringUtf8();
            String text = files.get(path);
            if (text == null) {
                if (files.keySet().stream().anyMatch(file -> file.startsWith(path + "/"))) {
                    answer.onNext(TreeEntryResponse.newBuilder()
                            .setType(TreeEntryResponse.ObjectType.TREE)
                            .build());
                    answer.onCompleted();
                    return;
                }
                answer.onError(Status.NOT_FOUND.asRuntimeException());
                return;
            }
            ByteString data = ByteString.copyFromUtf8(text);
            if (request.getMaxSize() > 0 && data.size() > request.getMaxSize()) {
                answer.onError(Status.FAILED_PRECONDITION
                        .withDescription("object size (" + data.size() + ") is bigger than the maximum allowed size")
                        .asRuntimeException());
                return;
            }
            answer.onNext(TreeEntryResponse.newBuilder()
                    .setType(TreeEntryResponse.ObjectType.BLOB)
                    .setOid(commit('b'))
                    .setSize(data.size())
                    .setMode(0100644)
                    .setData(data.substring(0, Math.min(PIECE_BYTES, data.size())))
                    .build());
            for (int at = PIECE_BYTES; at < data.size(); at += PIECE_BYTES) {
                answer.onNext(TreeEntryResponse.newBuilder()
                        .setData(data.substring(at, Math.min(at + PIECE_BYTES, data.size())))
                        .build());
            }
            answer.onCompleted();
        }

        @Override
        public void getTreeEntries(GetTreeEntriesRequest request, StreamObserver<GetTreeEntriesResponse> answer) {
            String folder = request.getPath().toStringUtf8() + "/";
            for (String file : files(
                            request.getRepository().getRelativePath(),
                            request.getRevision().toStringUtf8())
                    .keySet()) {
                if (file.startsWith(folder)) {
                    answer.onNext(GetTreeEntriesResponse.newBuilder()
                            .addEntries(TreeEntry.newBuilder()
                                    .setPath(ByteString.copyFromUtf8(file))
                                    .setType(TreeEntry.EntryType.BLOB))
                            .build());
                }
            }
            answer.onCompleted();
        }
    }
}
