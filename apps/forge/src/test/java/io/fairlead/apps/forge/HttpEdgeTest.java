package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that no good client sends. */
class HttpEdgeTest {
    @TempDir
    static Path folder;

    private static RunningForge forge;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    /** Everything the forge answers until it closes the connection. */
    private static String send(String bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", forge.app.httpAddress().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String request(String line, String headers) {
        return line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET\r\n\r\n",
                "GET /api/v4/version HTTP/1.1\r\n\r\n",
                "POST /api/v4/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "POST /api/v4/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /api/v4/projects HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET /api/v4/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /api/v4/projects/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /api/v4/version HTTP/1.1\r\nHost: x\r\nBad Header: y\r\nConnection: close\r\n\r\n",
            })
    void whatIsNoRequestIsRefused(String bytes) throws IOException {
        assertThat(send(bytes)).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void refusalsOfTheServerItselfAreJsonToo() throws IOException {
        assertThat(send("nonsense\r\n\r\n"))
                .contains("{\"message\":\"400 Bad Request\"}")
                .doesNotContain("<html");
    }

    /** Found by random requests: the client sent its next request into a connection that was about to close. */
    @Test
    void aRefusalThatEndsTheConnectionSaysSo() throws IOException {
        String refused = "POST /api/v4/%00 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab";
        assertThat(send(refused)).startsWith("HTTP/1.1 400 ").containsIgnoringCase("\r\nConnection: close\r\n");
    }

    @Test
    void headersAreBounded() throws IOException {
        assertThat(send(request("GET /api/v4/version", "X: " + "a".repeat(100_000) + "\r\n")))
                .startsWith("HTTP/1.1 431 ");
        assertThat(send("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
    }

    @Test
    void credentialsThatAreGivenTwiceAreNone() throws IOException {
        String token = "PRIVATE-TOKEN: " + forge.rootToken + "\r\n";
        assertThat(send(request("GET /api/v4/user", token))).startsWith("HTTP/1.1 200 ");
        assertThat(send(request("GET /api/v4/user", token + token))).startsWith("HTTP/1.1 401 ");
        String bearer = "Authorization: Bearer " + forge.rootToken + "\r\n";
        assertThat(send(request("GET /api/v4/user", bearer + "Authorization: Bearer x\r\n")))
                .startsWith("HTTP/1.1 401 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/v4/x/../user", "/api/v4/%2e%2e/v4/user", "/api/v4//user", "/api//v4/user", "/api/v4/./user"
            })
    void pathsAreNeitherCleanedNorGuessed(String path) throws IOException {
        assertThat(send(request("GET " + path, "PRIVATE-TOKEN: " + forge.rootToken + "\r\n")))
                .startsWith("HTTP/1.1 404 ");
    }

    /** Found by attacking it: the database refused the pattern, and the answer was 500. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v4/projects?search=",
                "/api/v4/groups?search=",
                "/api/v4/users?search=",
                "/api/v4/namespaces?search=",
                "/api/v4/personal_access_tokens?search="
            })
    void aSearchIsBounded(String path) throws IOException {
        for (int length : new int[] {4096, 4097}) {
            String form = path.substring(path.indexOf('?') + 1) + "a".repeat(length);
            assertThat(send(request(
                            "GET " + path.substring(0, path.indexOf('?')) + "?" + form,
                            "PRIVATE-TOKEN: " + forge.rootToken + "\r\n")))
                    .startsWith(length > 4096 ? "HTTP/1.1 400 " : "HTTP/1.1 200 ");
        }
    }

    @Test
    void aSearchForMembersIsBounded() throws IOException {
        long project = forge.project("bounded");
        for (String members : new String[] {"members", "members/all"}) {
            assertThat(send(request(
                            "GET /api/v4/projects/" + project + "/" + members + "?query=" + "%25".repeat(5000),
                            "PRIVATE-TOKEN: " + forge.rootToken + "\r\n")))
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void deepJsonIsRefused() throws IOException {
        String body = "{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
        String headers = "PRIVATE-TOKEN: " + forge.rootToken + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n";
        assertThat(send(request("POST /api/v4/projects", headers) + body)).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void anUnknownBodyTypeIsNamed() throws IOException {
        String headers = "PRIVATE-TOKEN: " + forge.rootToken + "\r\nContent-Type: text/xml\r\nContent-Length: 3\r\n";
        assertThat(send(request("POST /api/v4/projects", headers) + "<a>"))
                .startsWith("HTTP/1.1 415 ")
                .contains("text/xml");
    }
}
