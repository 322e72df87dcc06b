package io.fairlead.link.flux.kas;

import io.fairlead.link.flux.rpc.GitLabFluxGrpc;
import io.fairlead.link.flux.rpc.Project;
import io.fairlead.link.flux.rpc.ReconcileProjectsRequest;
import io.fairlead.link.flux.rpc.ReconcileProjectsResponse;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.link.identity.ProjectReaders;
import io.fairlead.link.notifications.ProjectPushes;
import io.fairlead.wire.grpc.ConnectionLife;
import io.fairlead.wire.grpc.StreamEnd;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells agents of pushes to the projects they follow. Does not block; needs {@link AgentToken#OF_CALL} in the context.
 *
 * <p>A push that comes while an agent has no stream is not kept: Flux finds it at its next poll.
 */
public final class FluxService extends GitLabFluxGrpc.GitLabFluxImplBase {
    /** Ours; the original sets no limit of its own below the 4 MiB of a message. */
    static final int PROJECTS_MAX = 10_000;

    /** Ours: two replicas that each change over to a new list. */
    static final int PROJECTS_PER_AGENT_MAX = 4 * PROJECTS_MAX;

    /** A path of twenty nested groups, of GitLab's 255 characters at most each, is longer than any that is in use. */
    static final int PATH_LENGTH_MAX = 1024;

    private final AgentTokens tokens;
    private final FollowedProjects followed;
    private final StreamEnd streamEnd;

    public FluxService(AgentTokens tokens, ProjectReaders readers, ProjectPushes pushes, StreamEnd streamEnd) {
        this.tokens = tokens;
        this.followed = new FollowedProjects(readers, PROJECTS_PER_AGENT_MAX);
        this.streamEnd = streamEnd;
        pushes.listen(followed);
    }

    @Override
    public void reconcileProjects(
            ReconcileProjectsRequest request, StreamObserver<ReconcileProjectsResponse> observer) {
        var answer = (ServerCallStreamObserver<ReconcileProjectsResponse>) observer;
        Status malformed = malformed(request);
        if (malformed != null) {
            answer.onError(malformed.asRuntimeException());
            return;
        }
        Map<String, String> projects = new HashMap<>();
        for (Project project : request.getProjectList()) {
            projects.put(FollowedProjects.key(project.getId()), project.getId());
        }
        Call call = new Call(answer);
        call.begin();
        AgentToken token = AgentToken.OF_CALL.get();
        tokens.authenticate(token).whenComplete((agent, failure) -> {
            if (failure != null) {
                call.refuse(Status.fromThrowable(failure));
            } else {
                call.follow(token, agent, projects);
            }
        });
    }

    int followed() {
        return followed.count();
    }

    private static @Nullable Status malformed(ReconcileProjectsRequest request) {
        if (request.getProjectCount() > PROJECTS_MAX) {
            return Status.INVALID_ARGUMENT.withDescription("the list has " + request.getProjectCount()
                    + " projects; at most " + PROJECTS_MAX + " can be followed by one stream");
        }
        for (Project project : request.getProjectList()) {
            if (project.getId().isEmpty() || project.getId().length() > PATH_LENGTH_MAX) {
                return Status.INVALID_ARGUMENT.withDescription(
                        "a project's id is its full path, of 1 to " + PATH_LENGTH_MAX + " characters; one has "
                                + project.getId().length());
            }
        }
        return null;
    }

    /**
     * The life of one call.
     *
     * <p>States: asking (who is it), following, over. {@code stream} is null while asking.
     */
    private final class Call {
        private final ServerCallStreamObserver<ReconcileProjectsResponse> answer;
        private ConnectionLife.@Nullable Registration wish;
        private @Nullable ReconcileStream stream;
        private boolean over;

        Call(ServerCallStreamObserver<ReconcileProjectsResponse> answer) {
            this.answer = answer;
        }

        void begin() {
            answer.setOnCancelHandler(() -> end(ReconcileStream::cancelled, () -> {}));
            answer.setOnReadyHandler(this::ready);
            ConnectionLife.Registration made =
                    streamEnd.onStreamsShouldEnd(() -> end(ReconcileStream::complete, answer::onCompleted));
            boolean late;
            synchronized (this) {
                wish = made;
                late = over;
            }
            if (late) {
                made.cancel();
            }
        }

        void refuse(Status status) {
            end(stream -> stream.failed(status), () -> answer.onError(status.asRuntimeException()));
        }

        void follow(AgentToken token, AgentInfo agent, Map<String, String> projects) {
            ReconcileStream opened = new ReconcileStream(answer, token, agent.agentId(), projects);
            boolean room;
            synchronized (this) {
                if (over) {
                    return;
                }
                room = followed.add(opened);
                if (room) {
                    stream = opened;
                }
            }
            if (!room) {
                refuse(Status.RESOURCE_EXHAUSTED.withDescription("the streams of agent " + agent.agentId()
                        + " follow more than " + PROJECTS_PER_AGENT_MAX + " projects together; end some of them"));
            }
        }

        private void ready() {
            ReconcileStream open;
            synchronized (this) {
                open = stream;
            }
            if (open != null) {
                open.flush();
            }
        }

        private void end(java.util.function.Consumer<ReconcileStream> endStream, Runnable endCall) {
            ReconcileStream open;
            ConnectionLife.Registration made;
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                open = stream;
                made = wish;
            }
            if (open != null) {
                endStream.accept(open);
                followed.remove(open);
            } else {
                endCall.run();
            }
            if (made != null) {
                made.cancel();
            }
        }
    }
}
