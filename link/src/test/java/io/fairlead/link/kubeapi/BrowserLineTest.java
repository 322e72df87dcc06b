package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A browser's session at the proxy, byte for byte: what a page of GitLab sends passes, and nothing else. */
@ExtendWith(NoLeaks.class)
class BrowserLineTest {
    private static final String ORIGIN = "Origin: https://gitlab.test\r\n";
    private static final String COOKIE = "Cookie: theme=dark; _gitlab_kas=se%2Bcret\r\n";
    private static final String COMPANIONS = "Gitlab-Agent-Id: 7\r\nX-Csrf-Token: csrf\r\n";
    private static final String WEBSOCKET = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

    private final List<ProxyCredential> asked = new CopyOnWriteArrayList<>();
    private Line line;

    @BeforeEach
    void open() throws Exception {
        line = new Line("grpc").connected();
        line.access = (credential, client) -> {
            asked.add(credential);
            return CompletableFuture.completedFuture(new ProxyDecision.Allowed(
                    credential.agentId(),
                    Optional.empty(),
                    Optional.of(Line.DANA),
                    new Identity.SessionUser(7, "dana")));
        };
    }

    @AfterEach
    void close() throws Exception {
        await().until(() -> line.counters.inFlight() == 0);
        line.close();
    }

    private RawSocket.Answer sent(String method, String path, String host, String fields) throws Exception {
        try (RawSocket client = line.client()) {
            client.send(method + " /k8s" + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n");
            return client.readAnswer();
        }
    }

    /** Nobody was asked and nothing reached the cluster. */
    private void refused(RawSocket.Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).doesNotContain("cret").doesNotContain("csrf");
        assertThat(asked).isEmpty();
        assertThat(line.api.heads).isEmpty();
    }

    @Test
    void aPageOfGitLabReadsAndWrites() throws Exception {
        RawSocket.Answer read = sent("GET", "/api/v1/pods", "kas", ORIGIN + COOKIE + COMPANIONS);
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.field("access-control-allow-origin")).isEqualTo("https://gitlab.test");
        assertThat(read.field("access-control-allow-credentials")).isEqualTo("true");
        RawSocket.Answer written =
                sent("DELETE", "/api/v1/pods/x", "kas", ORIGIN + COOKIE + COMPANIONS + "Sec-Fetch-Mode: cors\r\n");
        assertThat(written.status()).isEqualTo(200);

        assertThat(asked).containsOnly(new ProxyCredential.Session(7, "se+cret", "csrf"));
        for (String head : line.api.heads) {
            assertThat(head.toLowerCase(Locale.ROOT))
                    .contains("bearer agents-own", "impersonate-user: gitlab:user:dana")
                    .doesNotContain("cret", "csrf", "cookie", "gitlab-agent-id");
        }
    }

    @Test
    void aPageOfTheVeryOriginReadsWithoutNamingIt() throws Exception {
        String fields = COOKIE + COMPANIONS + "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n";
        assertThat(sent("GET", "/api/v1/pods", "gitlab.test", fields).status()).isEqualTo(200);
        asked.clear();
        line.api.heads.clear();
        refused(sent("DELETE", "/api/v1/pods/x", "gitlab.test", fields), 403);
        refused(sent("GET", "/api/v1/pods", "kas", fields), 403);
    }

    /** A WebSocket of a browser cannot have headers: agent and CSRF token stand in the query, and go no further. */
    @Test
    void aWebSocketBringsItsCompanionsInTheQuery() throws Exception {
        try (RawSocket client = line.client()) {
            client.send("GET /k8s/exec?command=sh&gitlab-agent-id=7&gitlab-csrf-token=csrf HTTP/1.1\r\nHost: kas\r\n"
                    + ORIGIN + COOKIE + WEBSOCKET + "Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(client.read(6)).isEqualTo("ready;");
            client.endOutput();
            assertThat(client.readToEnd()).isEqualTo(";bye");
        }
        assertThat(line.api.heads.getFirst())
                .startsWith("GET /exec?command=sh HTTP/1.1")
                .doesNotContain("csrf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.test",
                "http://gitlab.test",
                "https://gitlab.test.evil.test",
                "https://gitlab.test:8443",
                "null",
                ""
            })
    void noOtherPageIsHeard(String origin) throws Exception {
        String from = "Origin: " + origin + "\r\n";
        RawSocket.Answer answer = sent("GET", "/api/v1/pods", "kas", from + COOKIE + COMPANIONS);
        refused(answer, 403);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.field("access-control-allow-origin")).isEmpty();
        refused(
                sent(
                        "GET",
                        "/exec?gitlab-agent-id=7&gitlab-csrf-token=csrf",
                        "kas",
                        from + COOKIE + WEBSOCKET + "Sec-Fetch-Site: same-origin\r\n"),
                403);
        refused(sent("OPTIONS", "/api/v1/pods", "kas", from), 403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n", "Sec-Fetch-Site: none\r\n"
            })
    void aSessionThatComesFromNowhereIsNoPages(String site) throws Exception {
        refused(sent("GET", "/api/v1/pods", "gitlab.test", site + COOKIE + COMPANIONS), 403);
        refused(sent("POST", "/api/v1/pods", "gitlab.test", site + COOKIE + COMPANIONS + "Content-Length: 0\r\n"), 403);
        RawSocket.Answer answer =
                sent("GET", "/exec?gitlab-agent-id=7&gitlab-csrf-token=csrf", "gitlab.test", site + COOKIE + WEBSOCKET);
        refused(answer, 403);
        assertThat(answer.body()).contains("pages of https://gitlab.test alone", "use a kubeconfig");
    }

    /** Even of the very origin: a WebSocket always names its Origin. */
    @Test
    void aWebSocketWithoutOriginIsNoPages() throws Exception {
        refused(
                sent(
                        "GET",
                        "/exec?gitlab-agent-id=7&gitlab-csrf-token=csrf",
                        "gitlab.test",
                        COOKIE + WEBSOCKET + "Sec-Fetch-Site: same-origin\r\n"),
                403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"navigate", "no-cors", "nested-navigate", "cors\r\nSec-Fetch-Mode: navigate"})
    void nothingOfTheClusterOpensAsAPage(String mode) throws Exception {
        RawSocket.Answer answer = sent(
                "GET",
                "/api/v1/namespaces/x/services/y/proxy/",
                "kas",
                ORIGIN + COOKIE + COMPANIONS + "Sec-Fetch-Mode: " + mode + "\r\n");
        refused(answer, 403);
        assertThat(answer.body()).contains("port-forward");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Gitlab-Agent-Id: 7\r\n",
                "X-Csrf-Token: csrf\r\n",
                "Gitlab-Agent-Id: 7\r\nX-Csrf-Token: \r\n",
                "Gitlab-Agent-Id: 7\r\nGitlab-Agent-Id: 7\r\nX-Csrf-Token: csrf\r\n",
                "Gitlab-Agent-Id: 7\r\nX-Csrf-Token: csrf\r\nX-Csrf-Token: csrf\r\n",
                "Gitlab-Agent-Id: 7\r\nX-Csrf-Token: csrf\r\nAuthorization: Bearer pat:7:other\r\n",
                "Gitlab-Agent-Id: 7\r\nX-Csrf-Token: csrf\r\nCookie: _gitlab_kas=another\r\n"
            })
    void aSessionThatIsNotWholeIsNone(String companions) throws Exception {
        RawSocket.Answer answer = sent("GET", "/api/v1/pods", "kas", ORIGIN + COOKIE + companions);
        refused(answer, 401);
        assertThat(answer.field("gitlab-unauthorized")).isEqualTo("true");
    }

    @Test
    void aPreflightOfGitLabsPageIsAnsweredHere() throws Exception {
        RawSocket.Answer answer = sent(
                "OPTIONS",
                "/api/v1/pods",
                "kas",
                ORIGIN + "Access-Control-Request-Headers: gitlab-agent-id, x-csrf-token\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.field("access-control-allow-headers")).isEqualTo("gitlab-agent-id, x-csrf-token");
        assertThat(asked).isEmpty();
    }

    /** The API server would take it for a credential; in whichever list, beside whatever credential of ours. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-WebSocket-Protocol: v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.YWRtaW4\r\n",
                "Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n"
                        + "sec-websocket-protocol: Base64URL.bearer.authorization.k8s.io.YWRtaW4\r\n"
            })
    void noTokenOfTheClusterStandsAmongTheProtocols(String protocols) throws Exception {
        refused(sent("GET", "/exec", "kas", "Authorization: Bearer pat:7:token\r\n" + WEBSOCKET + protocols), 400);
        refused(
                sent(
                        "GET",
                        "/exec?gitlab-agent-id=7&gitlab-csrf-token=csrf",
                        "kas",
                        ORIGIN + COOKIE + WEBSOCKET + protocols),
                400);
    }
}
