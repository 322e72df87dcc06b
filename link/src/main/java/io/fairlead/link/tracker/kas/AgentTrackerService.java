package io.fairlead.link.tracker.kas;

import io.fairlead.link.routing.OtherKas;
import io.fairlead.link.tracker.rpc.AgentTrackerGrpc;
import io.fairlead.link.tracker.rpc.AgentTrackerGrpc.AgentTrackerStub;
import io.fairlead.link.tracker.rpc.ConnectedAgentInfo;
import io.fairlead.link.tracker.rpc.CountAgentsByAgentVersionsRequest;
import io.fairlead.link.tracker.rpc.CountAgentsByAgentVersionsResponse;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByAgentIDsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByAgentIDsResponse;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByProjectIDsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByProjectIDsResponse;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsResponse;
import io.fairlead.link.tracker.rpc.VersionOfAgent;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Tells GitLab which agents are connected, to whichever kas. This kas answers from memory and asks the others for theirs;
 * where one of them does not answer, GitLab is told that rather than half of the truth. Does not block.
 */
public final class AgentTrackerService extends AgentTrackerGrpc.AgentTrackerImplBase {
    private final ConnectedAgents agents;
    private final OtherKas others;

    /** @param others whom this kas asks too; none where others ask this one */
    public AgentTrackerService(ConnectedAgents agents, OtherKas others) {
        this.agents = agents;
        this.others = others;
    }

    private <A> Gathering<A> gather(A own) {
        return new Gathering<>(own, others.channels());
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
        gather(GetConnectedAgentsResponse.newBuilder().addAllAgents(found).build())
                .ask((stub, each) -> stub.getConnectedAgents(request, each))
                .into(
                        answer,
                        all -> GetConnectedAgentsResponse.newBuilder()
                                .addAllAgents(once(all.stream().map(GetConnectedAgentsResponse::getAgentsList)))
                                .build());
    }

    @Override
    public void getConnectedAgentsByProjectIDs(
            GetConnectedAgentsByProjectIDsRequest request,
            StreamObserver<GetConnectedAgentsByProjectIDsResponse> answer) {
        GetConnectedAgentsByProjectIDsResponse.Builder found = GetConnectedAgentsByProjectIDsResponse.newBuilder();
        Set.copyOf(request.getProjectIdsList()).forEach(project -> found.addAllAgents(agents.ofProject(project)));
        gather(found.build())
                .ask((stub, each) -> stub.getConnectedAgentsByProjectIDs(request, each))
                .into(
                        answer,
                        all -> GetConnectedAgentsByProjectIDsResponse.newBuilder()
                                .addAllAgents(
                                        once(all.stream().map(GetConnectedAgentsByProjectIDsResponse::getAgentsList)))
                                .build());
    }

    @Override
    public void getConnectedAgentsByAgentIDs(
            GetConnectedAgentsByAgentIDsRequest request, StreamObserver<GetConnectedAgentsByAgentIDsResponse> answer) {
        gather(GetConnectedAgentsByAgentIDsResponse.newBuilder()
                        .addAllAgents(agents.ofAgents(Set.copyOf(request.getAgentIdsList())))
                        .build())
                .ask((stub, each) -> stub.getConnectedAgentsByAgentIDs(request, each))
                .into(
                        answer,
                        all -> GetConnectedAgentsByAgentIDsResponse.newBuilder()
                                .addAllAgents(
                                        once(all.stream().map(GetConnectedAgentsByAgentIDsResponse::getAgentsList)))
                                .build());
    }

    @Override
    public void countAgentsByAgentVersions(
            CountAgentsByAgentVersionsRequest request, StreamObserver<CountAgentsByAgentVersionsResponse> answer) {
        gather(CountAgentsByAgentVersionsResponse.newBuilder()
                        .addAllAgents(agents.versions())
                        .build())
                .ask((stub, each) -> stub.countAgentsByAgentVersions(request, each))
                .into(answer, AgentTrackerService::counted);
    }

    /** An agent that has pods of one version with two kas is one agent of that version. */
    private static CountAgentsByAgentVersionsResponse counted(List<CountAgentsByAgentVersionsResponse> all) {
        Map<String, Long> counts = new TreeMap<>();
        Set<VersionOfAgent> agents = Set.copyOf(
                all.stream().flatMap(answer -> answer.getAgentsList().stream()).toList());
        agents.forEach(agent -> counts.merge(agent.getVersion(), 1L, Long::sum));
        return CountAgentsByAgentVersionsResponse.newBuilder()
                .putAllAgentVersions(counts)
                .addAllAgents(agents)
                .build();
    }

    private record Pod(long agentId, long connectionId) {}

    /** A pod that moved from one kas to another is told as the later one knows it. */
    private static List<ConnectedAgentInfo> once(Stream<List<ConnectedAgentInfo>> answers) {
        Map<Pod, ConnectedAgentInfo> pods = new LinkedHashMap<>();
        answers.flatMap(List::stream)
                .forEach(info -> pods.merge(
                        new Pod(info.getAgentId(), info.getConnectionId()),
                        info,
                        (one, other) -> one.getConnectedAt().getSeconds()
                                        >= other.getConnectedAt().getSeconds()
                                ? one
                                : other));
        return new ArrayList<>(pods.values());
    }

    /** One question to one kas. */
    @FunctionalInterface
    interface Question<A> {
        void ask(AgentTrackerStub stub, StreamObserver<A> answer);
    }
}
