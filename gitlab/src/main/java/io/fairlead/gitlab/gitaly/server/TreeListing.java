package io.fairlead.gitlab.gitaly.server;

import com.google.protobuf.ByteString;
import io.fairlead.gitlab.gitaly.rpc.GetTreeEntriesRequest;
import io.fairlead.gitlab.gitaly.rpc.GetTreeEntriesResponse;
import io.fairlead.gitlab.gitaly.rpc.PaginationCursor;
import io.fairlead.gitlab.gitaly.rpc.TreeEntry;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The answer to one GetTreeEntries. Entries are sent as they are found, unless an order was asked for. */
final class TreeListing {
    private static final int BATCH = 256;
    private static final int SORTED_MAX = 100_000;

    private final GitalyRepositories.OpenRepository repository;
    private final GetTreeEntriesRequest request;
    private final StreamObserver<GetTreeEntriesResponse> answer;
    private final GetTreeEntriesResponse.Builder batch = GetTreeEntriesResponse.newBuilder();
    private boolean skipping;
    private int sent;

    TreeListing(
            GitalyRepositories.OpenRepository repository,
            GetTreeEntriesRequest request,
            StreamObserver<GetTreeEntriesResponse> answer) {
        this.repository = repository;
        this.request = request;
        this.answer = answer;
        this.skipping = !request.getPaginationParams().getPageToken().isEmpty();
    }

    void send() throws IOException {
        RepositoryCall.requireGiven("Revision", request.getRevision().isEmpty());
        RepositoryCall.requireGiven("Path", request.getPath().isEmpty());
        String revision = request.getRevision().toStringUtf8();
        String folder = RepositoryCall.path(request.getPath().toStringUtf8());
        if (request.getSort() == GetTreeEntriesRequest.SortBy.TREES_FIRST) {
            List<GitalyRepositories.Item> items = new ArrayList<>();
            repository.walk(revision, folder, request.getRecursive(), item -> collect(items, item));
            items.sort(Comparator.comparingInt(TreeListing::rank));
            for (GitalyRepositories.Item item : items) {
                if (!add(item)) {
                    break;
                }
            }
        } else {
            repository.walk(revision, folder, request.getRecursive(), this::add);
        }
        flush();
    }

    private static boolean collect(List<GitalyRepositories.Item> items, GitalyRepositories.Item item) {
        if (items.size() == SORTED_MAX) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("more than " + SORTED_MAX + " entries cannot be sorted")
                    .asRuntimeException();
        }
        return items.add(item);
    }

    private static int rank(GitalyRepositories.Item item) {
        return switch (item.kind()) {
            case FOLDER -> 0;
            case FILE -> 1;
            case SUBMODULE -> 2;
        };
    }

    /** Whether more may follow. */
    private boolean add(GitalyRepositories.Item item) {
        if (skipping) {
            skipping = !item.path().equals(request.getPaginationParams().getPageToken());
            return true;
        }
        int limit =
                request.hasPaginationParams() ? request.getPaginationParams().getLimit() : -1;
        if (limit == 0) {
            return false;
        }
        batch.addEntries(entry(item));
        sent++;
        boolean last = limit > 0 && sent == limit;
        if (last) {
            batch.setPaginationCursor(PaginationCursor.newBuilder().setNextCursor(item.path()));
        }
        if (batch.getEntriesCount() == BATCH) {
            flush();
        }
        return !last;
    }

    private static TreeEntry entry(GitalyRepositories.Item item) {
        ByteString path = ByteString.copyFromUtf8(item.path());
        return TreeEntry.newBuilder()
                .setOid(item.oid())
                .setPath(path)
                .setFlatPath(path)
                .setMode(item.mode())
                .setCommitOid(item.commitOid())
                .setType(
                        switch (item.kind()) {
                            case FILE -> TreeEntry.EntryType.BLOB;
                            case FOLDER -> TreeEntry.EntryType.TREE;
                            case SUBMODULE -> TreeEntry.EntryType.COMMIT;
                        })
                .build();
    }

    private void flush() {
        if (batch.getEntriesCount() > 0) {
            RepositoryCall.send(answer, batch.build());
            batch.clear();
        }
    }
}
