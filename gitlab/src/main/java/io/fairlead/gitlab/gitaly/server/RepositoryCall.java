package io.fairlead.gitlab.gitaly.server;

import io.fairlead.base.time.Deadline;
import io.fairlead.gitlab.gitaly.rpc.Repository;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call on one repository: opens it, sends no faster than the reader reads, and maps failures to statuses. */
final class RepositoryCall {
    private static final Logger log = LoggerFactory.getLogger(RepositoryCall.class);
    private static final Duration READER_WAIT_MAX = Duration.ofSeconds(60);
    private static final Duration READER_POLL = Duration.ofMillis(5);

    /** What is done with the open repository. */
    interface Work {
        void run(GitalyRepositories.OpenRepository repository) throws IOException;
    }

    private RepositoryCall() {}

    static void run(GitalyRepositories repositories, Repository named, StreamObserver<?> answer, Work work) {
        try (GitalyRepositories.OpenRepository repository =
                repositories.open(named.getStorageName(), named.getRelativePath())) {
            work.run(repository);
            answer.onCompleted();
        } catch (GitalyRefusal e) {
            Status status = switch (e.reason()) {
                case NOT_FOUND -> Status.NOT_FOUND;
                case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
            };
            answer.onError(status.withDescription(e.getMessage()).asRuntimeException());
        } catch (StatusRuntimeException e) {
            answer.onError(e);
        } catch (IOException | RuntimeException e) {
            log.warn("a read of repository {} failed", named.getRelativePath(), e);
            answer.onError(Status.INTERNAL
                    .withDescription("the repository could not be read")
                    .asRuntimeException());
        }
    }

    static void requireGiven(String name, boolean empty) {
        if (empty) {
            throw new GitalyRefusal(GitalyRefusal.Reason.INVALID_ARGUMENT, "empty " + name);
        }
    }

    /** The path without slashes at its end; a dot is the root. */
    static String path(String path) {
        String text = path;
        while (text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        return text.equals(".") ? "" : text;
    }

    /**
     * Sends when the reader has room, so that a slow one costs no memory. It looks again and again since the event that
     * says so is held back until this very call has returned.
     */
    static <T> void send(StreamObserver<T> answer, T message) {
        if (answer instanceof ServerCallStreamObserver<T> call) {
            Deadline deadline = Deadline.in(READER_WAIT_MAX);
            while (!call.isReady()) {
                if (call.isCancelled()) {
                    throw Status.CANCELLED.withDescription("the reader left").asRuntimeException();
                }
                if (deadline.passed()) {
                    throw Status.DEADLINE_EXCEEDED
                            .withDescription("the reader did not read for " + READER_WAIT_MAX.toSeconds() + " s")
                            .asRuntimeException();
                }
                LockSupport.parkNanos(READER_POLL.toNanos());
            }
        }
        answer.onNext(message);
    }
}
