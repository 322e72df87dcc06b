package io.fairlead.link.tracker.kas;

import io.fairlead.link.tracker.rpc.AgentTrackerGrpc;
import io.fairlead.link.tracker.rpc.ConnectedAgentInfo;
import io.fairlead.link.tracker.rpc.CountAgentsByAgentVersionsRequest;
import io.fairlead.link.tracker.rpc.CountAgentsByAgentVersionsResponse;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByAgentIDsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByAgentIDsResponse;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByProjectIDsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByProjectIDsResponse;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;

/** Tells GitLab which agents are connected. Answers from memory and does not block. */
public final class AgentTrackerService extends AgentTrackerGrpc.AgentTrackerImplBase {
    private final ConnectedAgents agents;

    public AgentTrackerService(ConnectedAgents agents) {
        this.agents = agents;
    }

    @Override
    public void getConnectedAgents(
            GetConnectedAgentsRequest request, StreamObserver<GetConnectedAgentsResponse> answer) {
        List<ConnectedAgentInfo> found = switch (request.getRequestCase()) {
            case PROJECT_ID -> agents.ofProject(request.getProjectId());
            case AGENT_ID -> agents.ofAgents(List.of(request.getAgentId()));
            case REQUEST_NOT_SET -> null;
        };
        if (found == null) {
            answer.onError(Status.INVALID_ARGUMENT
                    .withDescription("the request names neither project_id nor agent_id")
                    .asRuntimeException());
            return;
        }
        answer.onNext(
                GetConnectedAgentsResponse.newBuilder().addAllAgents(found).build());
        answer.onCompleted();
    }

    @Override
    public void getConnectedAgentsByProjectIDs(
            GetConnectedAgentsByProjectIDsRequest request,
            StreamObserver<GetConnectedAgentsByProjectIDsResponse> answer) {
        GetConnectedAgentsByProjectIDsResponse.Builder found = GetConnectedAgentsByProjectIDsResponse.newBuilder();
        Set.copyOf(request.getProjectIdsList()).forEach(project -> found.addAllAgents(agents.ofProject(project)));
        answer.onNext(found.build());
        answer.onCompleted();
    }

    @Override
    public void getConnectedAgentsByAgentIDs(
            GetConnectedAgentsByAgentIDsRequest request, StreamObserver<GetConnectedAgentsByAgentIDsResponse> answer) {
        answer.onNext(GetConnectedAgentsByAgentIDsResponse.newBuilder()
                .addAllAgents(agents.ofAgents(Set.copyOf(request.getAgentIdsList())))
                .build());
        answer.onCompleted();
    }

    @Override
    public void countAgentsByAgentVersions(
            CountAgentsByAgentVersionsRequest request, StreamObserver<CountAgentsByAgentVersionsResponse> answer) {
        answer.onNext(CountAgentsByAgentVersionsResponse.newBuilder()
                .putAllAgentVersions(agents.countByVersion())
                .build());
        answer.onCompleted();
    }
}
