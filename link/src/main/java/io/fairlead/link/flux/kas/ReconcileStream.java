package io.fairlead.link.flux.kas;

import io.fairlead.link.flux.rpc.Project;
import io.fairlead.link.flux.rpc.ReconcileProjectsResponse;
import io.fairlead.link.identity.AgentToken;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * One ReconcileProjects call.
 *
 * <p>States: open, then ended. While the agent does not read, each of its projects waits at most once: several pushes become
 * one reconciliation, and no push is lost to a full buffer.
 *
 * <p>The monitor guards the state and is held while something is sent: gRPC's sending side belongs to one thread at a time.
 * That cannot stop up, because gRPC hands on to the connection's event loop.
 */
final class ReconcileStream {
    private final ServerCallStreamObserver<ReconcileProjectsResponse> answer;
    private final AgentToken token;
    private final long agentId;
    /** As the agent wrote them, by what they are compared with. */
    private final Map<String, String> projects;

    private final Set<String> waiting = new LinkedHashSet<>();
    private boolean ended;

    ReconcileStream(
            ServerCallStreamObserver<ReconcileProjectsResponse> answer,
            AgentToken token,
            long agentId,
            Map<String, String> projects) {
        this.answer = answer;
        this.token = token;
        this.agentId = agentId;
        this.projects = Map.copyOf(projects);
    }

    AgentToken token() {
        return token;
    }

    long agentId() {
        return agentId;
    }

    /** What pushes are looked up by. */
    Collection<String> keys() {
        return projects.keySet();
    }

    int size() {
        return projects.size();
    }

    /** Tells the agent that the project of this key was pushed to. */
    synchronized void pushed(String key) {
        String project = projects.get(key);
        if (project != null && !ended) {
            waiting.add(project);
            flush();
        }
    }

    /** Sends what waits, for as long as the agent reads. */
    synchronized void flush() {
        var next = waiting.iterator();
        while (!ended && next.hasNext() && answer.isReady()) {
            answer.onNext(ReconcileProjectsResponse.newBuilder()
                    .setProject(Project.newBuilder().setId(next.next()))
                    .build());
            next.remove();
        }
    }

    /** The connection is old: the agent comes again on a new one. */
    synchronized void complete() {
        if (!ended) {
            ended = true;
            // What was pushed and not read yet would be lost to the next stream; gRPC keeps it for the agent.
            for (String project : waiting) {
                answer.onNext(ReconcileProjectsResponse.newBuilder()
                        .setProject(Project.newBuilder().setId(project))
                        .build());
            }
            waiting.clear();
            answer.onCompleted();
        }
    }

    synchronized void failed(Status status) {
        if (!ended) {
            ended = true;
            waiting.clear();
            answer.onError(status.asRuntimeException());
        }
    }

    /** The agent is gone. */
    synchronized void cancelled() {
        ended = true;
        waiting.clear();
    }
}
