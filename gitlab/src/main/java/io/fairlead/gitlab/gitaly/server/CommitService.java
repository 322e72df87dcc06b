package io.fairlead.gitlab.gitaly.server;

import com.google.protobuf.ByteString;
import io.fairlead.gitlab.gitaly.rpc.CommitServiceGrpc;
import io.fairlead.gitlab.gitaly.rpc.GetTreeEntriesRequest;
import io.fairlead.gitlab.gitaly.rpc.GetTreeEntriesResponse;
import io.fairlead.gitlab.gitaly.rpc.TreeEntryRequest;
import io.fairlead.gitlab.gitaly.rpc.TreeEntryResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;

/** Files and folders at a revision. */
final class CommitService extends CommitServiceGrpc.CommitServiceImplBase {
    private static final int CHUNK = 64 * 1024;

    private final GitalyRepositories repositories;

    CommitService(GitalyRepositories repositories) {
        this.repositories = repositories;
    }

    @Override
    public void treeEntry(TreeEntryRequest request, StreamObserver<TreeEntryResponse> answer) {
        RepositoryCall.run(repositories, request.getRepository(), answer, repository -> {
            RepositoryCall.requireGiven("Revision", request.getRevision().isEmpty());
            RepositoryCall.requireGiven("Path", request.getPath().isEmpty());
            GitalyRepositories.Entry entry = repository.entry(
                    request.getRevision().toStringUtf8(),
                    RepositoryCall.path(request.getPath().toStringUtf8()));
            TreeEntryResponse.Builder head = TreeEntryResponse.newBuilder()
                    .setType(type(entry.kind()))
                    .setOid(entry.oid())
                    .setMode(entry.mode())
                    .setSize(entry.size());
            if (entry.kind() == GitalyRepositories.Kind.FILE) {
                sendFile(entry, head, request, answer);
            } else {
                RepositoryCall.send(answer, head.build());
            }
        });
    }

    private static TreeEntryResponse.ObjectType type(GitalyRepositories.Kind kind) {
        return switch (kind) {
            case FILE -> TreeEntryResponse.ObjectType.BLOB;
            case FOLDER -> TreeEntryResponse.ObjectType.TREE;
            case SUBMODULE -> TreeEntryResponse.ObjectType.COMMIT;
        };
    }

    private static void sendFile(
            GitalyRepositories.Entry file,
            TreeEntryResponse.Builder head,
            TreeEntryRequest request,
            StreamObserver<TreeEntryResponse> answer)
            throws IOException {
        long max = request.getMaxSize();
        if (max > 0 && file.size() > max) {
            throw Status.FAILED_PRECONDITION
                    .withDescription(
                            "object size (" + file.size() + ") is bigger than the maximum allowed size (" + max + ")")
                    .asRuntimeException();
        }
        long left = request.getLimit() > 0 ? Math.min(file.size(), request.getLimit()) : file.size();
        TreeEntryResponse.Builder next = head;
        try (InputStream in = file.content().open()) {
            do {
                byte[] part = in.readNBytes((int) Math.min(CHUNK, left));
                left = part.length == 0 ? 0 : left - part.length;
                RepositoryCall.send(
                        answer, next.setData(ByteString.copyFrom(part)).build());
                next = TreeEntryResponse.newBuilder();
            } while (left > 0);
        }
    }

    @Override
    public void getTreeEntries(GetTreeEntriesRequest request, StreamObserver<GetTreeEntriesResponse> answer) {
        RepositoryCall.run(
                repositories,
                request.getRepository(),
                answer,
                repository -> new TreeListing(repository, request, answer).send());
    }
}
