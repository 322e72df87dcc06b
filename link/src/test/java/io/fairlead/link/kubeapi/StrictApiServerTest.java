package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.RawSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The judge of the smuggling tests sees what they look for. */
class StrictApiServerTest {
    private static final String HEAD = "GET /api HTTP/1.1\r\nHost: 127.0.0.1:1\r\nVia: gRPC/1.0 gitlab-agent/test\r\n"
            + "Authorization: Bearer agents-own\r\nImpersonate-User: gitlab:user:dana\r\nImpersonate-Group: gitlab:user\r\n"
            + "Impersonate-Group: gitlab:project_role:3:developer\r\nImpersonate-Extra-agent.gitlab.com%2Fid: 7\r\n";

    private final StrictApiServer strict = new StrictApiServer();

    private void hears(String request) throws Exception {
        try (ApiServer server = new ApiServer(strict);
                RawSocket agent =
                        RawSocket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))) {
            agent.send(request);
            agent.endOutput();
            agent.readToEnd();
        }
    }

    @Test
    void takesWhatDanaAsks() throws Exception {
        hears((HEAD + "\r\n").repeat(2) + HEAD + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        assertThat(strict.violations).isEmpty();
        assertThat(strict.requests).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Impersonate-User: system:admin\r\n\r\n",
                "impersonate_group: system:masters\r\n\r\n",
                "IMPERSONATE-UID: 1\r\n\r\n",
                "Authorization: Bearer x\r\n\r\n",
                "X_Remote_User: x\r\n\r\n",
                "Cookie: a\r\n\r\n",
                "Host: other\r\n\r\n",
                "X-A: b\n\r\n",
                "X-A : b\r\n\r\n",
                "X-A: a\r\n b\r\n\r\n",
                "X-A: \0\r\n\r\n",
                "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
                "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na",
                "Transfer-Encoding: xchunked\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\nImpersonate-User: x\r\n\r\n",
                "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /api HTTP/1.1\r\nHost: x\r\n\r\n",
                "Content-Length: 2\r\n\r\nabGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n",
            })
    void seesWhatIsSmuggled(String rest) throws Exception {
        hears(HEAD + rest);
        assertThat(strict.violations).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a/../b",
                "/a/%2e%2E",
                "/a//b",
                "/./a",
                "/a%00",
                "/a%0d%0ab",
                "/a%",
                "http://x/",
                "/a\\..\\b",
                "/a%2f..%2fb"
            })
    void seesPathsThatLeadElsewhere(String target) throws Exception {
        hears(HEAD.replace("/api", target) + "\r\n");
        assertThat(strict.violations).hasSize(1);
    }
}
