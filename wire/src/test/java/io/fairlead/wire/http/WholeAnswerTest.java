package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import io.fairlead.wire.loop.EventLoops;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class WholeAnswerTest {
    private final EventLoops loops = EventLoops.of(1, "test-whole");
    private final HttpClient client = new HttpClient(loops, ClientConfig.DEFAULT);

    @AfterEach
    void close() throws Exception {
        client.close();
        loops.close();
    }

    private WholeAnswer ask(ScriptedServer server, Duration timeout) throws Exception {
        return WholeAnswer.of(
                client, server.origin(), new RequestHead("GET", "/version", Headers.empty()), 100, timeout);
    }

    @Test
    void keepsTheConnectionOfAnAnswerThatCame() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
            connection.ends();
        })) {
            assertThat(ask(server, Duration.ofSeconds(10))).isEqualTo(new WholeAnswer(200, "hello"));
            assertThat(client.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void closesTheConnectionOfAServerThatStaysSilent() throws Exception {
        try (ScriptedServer server = new ScriptedServer(RawSocket::ends)) {
            assertThatThrownBy(() -> ask(server, Duration.ofMillis(200)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("did not answer within 200 ms");
            await().until(() -> client.openConnections() == 0);
        }
    }
}
