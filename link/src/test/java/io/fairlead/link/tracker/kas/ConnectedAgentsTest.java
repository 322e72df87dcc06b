package io.fairlead.link.tracker.kas;

import static io.fairlead.link.fake.Agents.agent;
import static io.fairlead.link.fake.Agents.meta;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.link.fake.LoopbackGrpc;
import io.fairlead.link.routing.OtherKas;
import io.fairlead.link.tracker.AgentConnections;
import io.fairlead.link.tracker.rpc.AgentTrackerGrpc;
import io.fairlead.link.tracker.rpc.ConnectedAgentInfo;
import io.fairlead.link.tracker.rpc.CountAgentsByAgentVersionsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByAgentIDsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsByProjectIDsRequest;
import io.fairlead.link.tracker.rpc.GetConnectedAgentsRequest;
import io.fairlead.testing.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectedAgentsTest {
    private static final Instant BEGIN = Instant.parse("2026-11-23T05:00:00Z");

    private final ManualTime time = new ManualTime();
    private final ConnectedAgents agents = new ConnectedAgents(time.clock());

    private int pods(long agent) {
        return agents.ofAgents(List.of(agent)).size();
    }

    @Test
    void aPodCountsUntilItWasSilentForFiveMinutes() {
        agents.seen(agent(7, 5), 100, meta("v1"));
        time.pass(Duration.ofMinutes(4));
        agents.seen(agent(7, 5), 101, meta("v1"));
        assertThat(pods(7)).isEqualTo(2);
        time.pass(Duration.ofMinutes(1));
        assertThat(pods(7)).isEqualTo(1);
        time.pass(Duration.ofMinutes(4));
        assertThat(pods(7)).isZero();
        assertThat(agents.count()).isZero();
    }

    @Test
    void aPodThatComesAgainIsOneAndCountsFromThen() {
        agents.seen(agent(7, 5), 100, meta("v1"));
        time.pass(Duration.ofMinutes(4));
        agents.seen(agent(7, 5), 100, meta("v1"));
        assertThat(agents.ofAgents(List.of(7L)))
                .extracting(info -> info.getConnectedAt().getSeconds())
                .containsExactly(BEGIN.getEpochSecond() + 240);
    }

    @Test
    void aGoodbyeEndsIt() {
        agents.seen(agent(7, 5), 100, meta("v1"));
        agents.gone(agent(7, 5), 100);
        agents.gone(agent(7, 5), 100);
        agents.gone(agent(9, 5), 1);
        assertThat(pods(7)).isZero();
    }

    @Test
    void aHeldConnectionDoesNotAge() {
        AgentConnections.Connection connection = agents.connected(agent(7, 5), 100, meta("v1"));
        time.pass(Duration.ofHours(3));
        agents.gone(agent(7, 5), 100);
        assertThat(pods(7)).isEqualTo(1);
        connection.close();
        connection.close();
        assertThat(agents.count()).isZero();
    }

    @Test
    void findsByProjectAlsoAfterAMove() {
        agents.seen(agent(7, 5), 100, meta("v1"));
        agents.seen(agent(8, 5), 101, meta("v1"));
        agents.seen(agent(8, 6), 101, meta("v1"));
        assertThat(agents.ofProject(5))
                .extracting(ConnectedAgentInfo::getAgentId)
                .containsExactly(7L);
        assertThat(agents.ofProject(6))
                .extracting(ConnectedAgentInfo::getAgentId)
                .containsExactly(8L);
        assertThat(agents.ofProject(7)).isEmpty();
    }

    @Test
    void forgetsAgentsThatAreGoneLongestAndNoneThatIsThere() {
        agents.seen(agent(1, 1), 1, meta("v1"));
        try (AgentConnections.Connection held = agents.connected(agent(2, 1), 2, meta("v1"))) {
            assertThat(held).isNotNull();
            time.pass(Duration.ofMinutes(6));
            for (int i = 0; i < ConnectedAgents.AGENTS_GONE_MAX; i++) {
                agents.seen(agent(10 + i, 1), i, meta("v1"));
            }
            assertThat(pods(1)).isZero();
            assertThat(pods(2)).isEqualTo(1);
            assertThat(agents.count()).isEqualTo(ConnectedAgents.AGENTS_GONE_MAX + 1);
        }
    }

    @Test
    void boundsThePodsOfOneAgent() {
        for (int pod = 0; pod < ConnectedAgents.PODS_MAX + 50; pod++) {
            agents.seen(agent(7, 5), pod, meta("v1"));
        }
        assertThat(agents.ofAgents(List.of(7L))).hasSize(ConnectedAgents.PODS_MAX);
        assertThat(agents.ofAgents(List.of(7L)).getLast().getConnectionId()).isEqualTo(ConnectedAgents.PODS_MAX + 49);
    }

    @Test
    void answersGitLab() {
        agents.seen(agent(7, 5), 100, meta("v16.5.0"));
        agents.seen(agent(8, 5), 101, meta("v16.5.0"));
        agents.seen(agent(9, 6), 102, meta("v17.0.0"));
        try (LoopbackGrpc kas = new LoopbackGrpc(List.of(), new AgentTrackerService(agents, OtherKas.NONE))) {
            var tracker = AgentTrackerGrpc.newBlockingStub(kas.channel());
            ConnectedAgentInfo first = tracker.getConnectedAgents(
                            GetConnectedAgentsRequest.newBuilder().setAgentId(7).build())
                    .getAgents(0);
            assertThat(first.getAgentMeta()).isEqualTo(meta("v16.5.0"));
            assertThat(first.getConnectionId()).isEqualTo(100);
            assertThat(first.getProjectId()).isEqualTo(5);
            assertThat(first.getConnectedAt().getSeconds()).isEqualTo(BEGIN.getEpochSecond());
            assertThat(tracker.getConnectedAgents(GetConnectedAgentsRequest.newBuilder()
                                    .setProjectId(5)
                                    .build())
                            .getAgentsList())
                    .hasSize(2);
            assertThat(tracker.getConnectedAgentsByProjectIDs(GetConnectedAgentsByProjectIDsRequest.newBuilder()
                                    .addProjectIds(5)
                                    .addProjectIds(6)
                                    .addProjectIds(5)
                                    .build())
                            .getAgentsList())
                    .hasSize(3);
            assertThat(tracker.getConnectedAgentsByAgentIDs(GetConnectedAgentsByAgentIDsRequest.newBuilder()
                                    .addAgentIds(8)
                                    .addAgentIds(99)
                                    .build())
                            .getAgentsList())
                    .hasSize(1);
            assertThat(tracker.countAgentsByAgentVersions(CountAgentsByAgentVersionsRequest.getDefaultInstance())
                            .getAgentVersionsMap())
                    .isEqualTo(Map.of("v16.5.0", 2L, "v17.0.0", 1L));
            assertThatThrownBy(() -> tracker.getConnectedAgents(GetConnectedAgentsRequest.getDefaultInstance()))
                    .hasMessageContaining("INVALID_ARGUMENT");
        }
    }
}
