package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import io.fairlead.wire.http.HttpLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a hostile or careless client may keep of an agent's streams: a share, and nothing by standing still. */
@ExtendWith(NoLeaks.class)
class FairShareTest {
    private static final int SHARE = 5;

    private Line line;

    @BeforeEach
    void open() throws Exception {
        HttpLimits limits =
                HttpLimits.DEFAULT.withBodyTimeout(Duration.ofSeconds(1)).withStalledMax(2);
        line = new Line("grpc", new ApiServer(), limits, SHARE).connected();
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        await().until(() -> line.counters.inFlight() == 0);
        line.close();
        assertThat(line.tunnels.streams(Line.AGENT_ID)).isZero();
        await().until(() -> line.api.open.get() == 0);
    }

    @Test
    void aBodyThatStopsComingGivesItsStreamBack() throws Exception {
        try (RawSocket silent = line.client();
                RawSocket halfway = line.client()) {
            silent.send(Line.request("POST", "/hash", "Content-Length: 10\r\n"));
            halfway.send(Line.request("POST", "/hash", "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n");
            await().until(() -> line.api.heads.size() == 2);
            for (RawSocket client : List.of(silent, halfway)) {
                RawSocket.Answer answer = client.readAnswer();
                assertThat(answer.status()).isEqualTo(408);
                assertThat(answer.body())
                        .contains("\"kind\":\"Status\"")
                        .contains("\"code\":408")
                        .contains("nothing of it came for 1 s");
                assertThat(client.ends()).isTrue();
            }
        }
        await().until(() -> line.api.open.get() == 0);
    }

    @Test
    void onePersonCannotTakeTheStreamsOfAll() throws Exception {
        List<RawSocket> greedy = new ArrayList<>();
        for (int i = 0; i < SHARE; i++) {
            greedy.add(line.client().send(Line.get("/stay")));
        }
        await().until(() -> line.api.heads.size() == SHARE);
        try (RawSocket more = line.client();
                RawSocket other = line.client()) {
            RawSocket.Answer answer = more.send(Line.get("/api")).readAnswer();
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.field("retry-after")).isEqualTo("1");
            assertThat(answer.body())
                    .contains("\"reason\":\"TooManyRequests\"")
                    .contains("\"retryAfterSeconds\":1")
                    .contains("you have 5 requests with agent \\\"cluster\\\" (id 7) at once");
            String others = Line.get("/api").replace("pat:7:token", "pat:7:others");
            assertThat(other.send(others).readAnswer().status()).isEqualTo(200);
            greedy.removeFirst().close();
            await().until(() -> line.counters.inFlight() == SHARE - 1);
            assertThat(more.send(Line.get("/api")).readAnswer().status()).isEqualTo(200);
        }
        for (RawSocket client : greedy) {
            client.close();
        }
    }

    @Test
    void clientsThatNeverReadKeepFewStreams() throws Exception {
        int size = 16 * 1024 * 1024;
        List<RawSocket> stalled = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            stalled.add(line.narrowClient().send(Line.get("/bytes/" + size)));
        }
        await().until(() -> line.api.heads.size() == 4);
        // Looks are 500 ms apart here.
        await().atMost(Duration.ofSeconds(20)).until(() -> line.counters.inFlight() == 2);
        int whole = 0;
        for (RawSocket client : stalled) {
            try (client) {
                client.readHead();
                whole += client.readBytes(size).length == size ? 1 : 0;
            } catch (java.io.IOException e) {
                // Cut off.
            }
        }
        assertThat(whole).isEqualTo(2);
    }
}
