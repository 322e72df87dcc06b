package io.fairlead.link.registrar.kas;

import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.link.registrar.rpc.AgentRegistrarGrpc;
import io.fairlead.link.registrar.rpc.RegisterRequest;
import io.fairlead.link.registrar.rpc.RegisterResponse;
import io.fairlead.link.registrar.rpc.UnregisterRequest;
import io.fairlead.link.registrar.rpc.UnregisterResponse;
import io.fairlead.link.tracker.AgentConnections;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;

/** Notes that a pod of an agent is there, or goes. Does not block; needs {@link AgentToken#OF_CALL} in the context. */
public final class RegistrarService extends AgentRegistrarGrpc.AgentRegistrarImplBase {
    private final AgentTokens tokens;
    private final AgentConnections connections;

    public RegistrarService(AgentTokens tokens, AgentConnections connections) {
        this.tokens = tokens;
        this.connections = connections;
    }

    @Override
    public void register(RegisterRequest request, StreamObserver<RegisterResponse> answer) {
        if (AgentConnections.tooLarge(request.getAgentMeta())) {
            answer.onError(AgentConnections.TOO_LARGE.asRuntimeException());
            return;
        }
        answered(
                answer,
                RegisterResponse.getDefaultInstance(),
                request.getPodId(),
                agent -> connections.seen(agent, request.getPodId(), request.getAgentMeta()));
    }

    @Override
    public void unregister(UnregisterRequest request, StreamObserver<UnregisterResponse> answer) {
        answered(
                answer,
                UnregisterResponse.getDefaultInstance(),
                request.getPodId(),
                agent -> connections.gone(agent, request.getPodId()));
    }

    private <A> void answered(StreamObserver<A> answer, A done, long podId, Consumer<AgentInfo> note) {
        if (podId < 0) {
            answer.onError(Status.INVALID_ARGUMENT
                    .withDescription("pod_id is " + podId + " and must not be negative")
                    .asRuntimeException());
            return;
        }
        tokens.authenticate(AgentToken.OF_CALL.get()).whenComplete((agent, failure) -> {
            if (failure != null) {
                answer.onError(failure);
                return;
            }
            note.accept(agent);
            answer.onNext(done);
            answer.onCompleted();
        });
    }
}
