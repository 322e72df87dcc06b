package io.fairlead.link.kubeapi.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.fairlead.link.kubeapi.HeaderRules;
import io.fairlead.link.kubeapi.rpc.ExtraKeyVal;
import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.kubeapi.rpc.HeaderExtra;
import io.fairlead.link.kubeapi.rpc.ImpersonationConfig;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.testing.property.Property;
import io.fairlead.testing.property.RandomCase;
import io.fairlead.wire.http.RequestBody;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who the API server takes a request for is agentk's to say: nothing a client or kas's headers hold changes it. */
class UpstreamRequestTest {
    private static final ImpersonationConfig DANA = ImpersonationConfig.newBuilder()
            .setUsername("dana")
            .addGroups("developers")
            .addGroups("all")
            .setUid("5")
            .addExtra(ExtraKeyVal.newBuilder().setKey("agent.gitlab.com/id").addVal("7"))
            .build();

    private static final List<String> IDENTITY = List.of(
            "Authorization: Bearer own",
            "Impersonate-User: dana",
            "Impersonate-Group: developers",
            "Impersonate-Group: all",
            "Impersonate-Uid: 5",
            "Impersonate-Extra-agent.gitlab.com%2Fid: 7");

    private final UpstreamRequest requests =
            new UpstreamRequest("", () -> Optional.of("own"), "gitlab-agent/test", Optional.empty());

    private static Prototool.HttpRequest.Builder get() {
        return Prototool.HttpRequest.newBuilder().setMethod("GET").setUrlPath("/api");
    }

    private static Prototool.Values values(String... values) {
        return Prototool.Values.newBuilder().addAllValue(List.of(values)).build();
    }

    private static Grpctool.HttpRequest.Header head(Prototool.HttpRequest.Builder request) {
        return Grpctool.HttpRequest.Header.newBuilder()
                .setRequest(request)
                .setExtra(Any.pack(HeaderExtra.newBuilder().setImpConfig(DANA).build()))
                .build();
    }

    private static final List<String> NAMES = List.of(
            "Impersonate-User",
            "Impersonate-Group",
            "Impersonate-Uid",
            "Impersonate-Extra-scopes",
            "Impersonate-Extra-agent.gitlab.com%2Fid",
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "X-Remote-User",
            "X-Remote-Group",
            "X-Remote-Extra-a",
            "X-Forwarded-For",
            "X-Forwarded-User",
            "Forwarded",
            "Host",
            "Connection",
            "Proxy-Connection",
            "Keep-Alive",
            "Te",
            "Trailer",
            "Transfer-Encoding",
            "Content-Length",
            "Expect");

    private static String name(RandomCase any) {
        return spelling(any.of(NAMES), any.number(), any.integer(0, 3), edge(any), edge(any));
    }

    private static String edge(RandomCase any) {
        return any.integer(0, 8) == 0 ? any.of(" ", "\t", "\0", "\r\n", "\u00a0", "_", ":") : "";
    }

    private static String spelling(String name, long cases, int underscores, String before, String after) {
        StringBuilder spelled = new StringBuilder(before);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean upper = (cases >> (i % 64) & 1) == 1;
            spelled.append(
                    c == '-' && (underscores >> (i % 2) & 1) == 1
                            ? '_'
                            : upper ? Character.toUpperCase(c) : Character.toLowerCase(c));
        }
        return spelled.append(after).toString();
    }

    @Test
    void noSpellingOfAHeaderChangesWhoTheRequestIsFrom() {
        Property.holds(3_000, any -> keepsIdentity(name(any), name(any), name(any)));
    }

    private void keepsIdentity(String first, String second, String listed) {
        Prototool.HttpRequest.Builder request = get().putHeader(first, values("system:admin", "system:masters"))
                .putHeader(second, values("x"))
                .putHeader("Connection", values(listed + ", Authorization, Impersonate-User, Impersonate-Group, Via"))
                .putHeader("X-Kept", values("yes"));
        UpstreamRequest.Built built;
        try {
            built = requests.build(head(request));
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            return;
        }
        List<String> identity = new ArrayList<>();
        built.head().headers().forEach((name, value) -> {
            String folded = name.toLowerCase(Locale.ROOT).replace('_', '-');
            if (HeaderRules.impersonates(folded) || folded.equals("authorization")) {
                identity.add(name + ": " + value);
            }
            assertThat(folded)
                    .doesNotStartWith("x-remote-")
                    .doesNotStartWith("x-forwarded-")
                    .isNotIn(
                            "cookie",
                            "proxy-authorization",
                            "forwarded",
                            "host",
                            "transfer-encoding",
                            "content-length");
        });
        assertThat(identity).containsExactlyInAnyOrderElementsOf(IDENTITY);
        assertThat(built.head().headers().first("X-Kept")).contains("yes");
        assertThat(built.head().headers().first("Via")).contains("gRPC/1.0 gitlab-agent/test");
    }

    @Test
    void refusesWhatItDoesNotKnowRatherThanActAsItself() {
        Grpctool.HttpRequest.Header unknown = Grpctool.HttpRequest.Header.newBuilder()
                .setRequest(get())
                .setExtra(Any.newBuilder().setTypeUrl("type.googleapis.com/some.NewExtra"))
                .build();
        refuses(unknown, "some.NewExtra");
        Grpctool.HttpRequest.Header unreadable = Grpctool.HttpRequest.Header.newBuilder()
                .setRequest(get())
                .setExtra(Any.newBuilder()
                        .setTypeUrl("type.googleapis.com/gitlab.agent.kubernetes_api.rpc.HeaderExtra")
                        .setValue(ByteString.copyFrom(new byte[] {10, 50})))
                .build();
        refuses(unreadable, "cannot be read");
        Grpctool.HttpRequest.Header nobody = Grpctool.HttpRequest.Header.newBuilder()
                .setRequest(get())
                .setExtra(Any.pack(HeaderExtra.newBuilder()
                        .setImpConfig(ImpersonationConfig.newBuilder().addGroups("system:masters"))
                        .build()))
                .build();
        refuses(nobody, "impersonates nobody");
    }

    @Test
    void refusesMethodsAndTargetsThatAreNoneOfHttp() {
        for (String method : List.of("", "CONNECT", "GET /x HTTP/1.1\r\nA: b\r\n\r\nGET", "G T", "GET\r\n")) {
            refuses(head(get().setMethod(method)), "method");
        }
        for (String path : List.of("", "api", "/a/../b", "/a//b", "/./a", "*", "http://x/")) {
            refuses(head(get().setUrlPath(path)), "");
        }
        for (String raw :
                List.of("/api?x=1 HTTP/1.1", "/api?x\r\nA: b", "/api?a#b", "/other", "/api/%2e%2e", "/api\u00e9")) {
            HeaderExtra extra = HeaderExtra.newBuilder()
                    .setRawTarget(ByteString.copyFromUtf8(raw))
                    .build();
            refuses(
                    Grpctool.HttpRequest.Header.newBuilder()
                            .setRequest(get())
                            .setExtra(Any.pack(extra))
                            .build(),
                    "");
        }
    }

    @Test
    void framesTheBodyAsKasSaid() {
        assertThat(body("POST", 0)).isInstanceOf(RequestBody.None.class);
        assertThat(body("POST", 5)).isEqualTo(new RequestBody.Sized(5));
        assertThat(body("POST", -1)).isInstanceOf(RequestBody.Chunked.class);
    }

    private RequestBody body(String method, long length) {
        return requests.build(Grpctool.HttpRequest.Header.newBuilder()
                        .setRequest(get().setMethod(method))
                        .setContentLength(length)
                        .build())
                .body();
    }

    private void refuses(Grpctool.HttpRequest.Header head, String word) {
        assertThatThrownBy(() -> requests.build(head))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
                .hasMessageContaining(word);
    }
}
