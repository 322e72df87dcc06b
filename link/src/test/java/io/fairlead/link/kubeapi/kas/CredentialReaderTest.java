package io.fairlead.link.kubeapi.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.kubeapi.RequestTarget;
import io.fairlead.wire.http.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One credential or none: the table of what clients may show. */
class CredentialReaderTest {
    private static CredentialReader.Result read(String target, String... fields) throws Exception {
        Headers headers = Headers.empty();
        for (String field : fields) {
            int colon = field.indexOf(": ");
            headers.add(field.substring(0, colon), field.substring(colon + 2));
        }
        return CredentialReader.read(headers, RequestTarget.parse(target));
    }

    private static ProxyCredential found(CredentialReader.Result result) {
        assertThat(result).isInstanceOf(CredentialReader.Result.Found.class);
        return ((CredentialReader.Result.Found) result).credential();
    }

    private static void refused(CredentialReader.Result result) {
        assertThat(result).isInstanceOfSatisfying(CredentialReader.Result.Refused.class, refused -> {
            assertThat(refused.refusal().status()).isEqualTo(401);
            assertThat(refused.refusal().text()).startsWith("Unauthorized: ").doesNotContain("secret");
        });
    }

    @ParameterizedTest
    @CsvSource({"ci:7:a, CiJob", "pat:7:a:b:c, PersonalAccessToken", "ci:0000007:a, CiJob"})
    void takesBearerTokensOfJobsAndPeople(String token, String kind) throws Exception {
        ProxyCredential credential = found(read("/", "Authorization: Bearer " + token));
        assertThat(credential.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(credential.agentId()).isEqualTo(7);
        assertThat(credential.toString()).doesNotContain(token.substring(token.lastIndexOf(':') + 1) + "]");
    }

    /** Found by attacking it: GitLab answered 431 to what kas passed on, and kas 500. */
    @ParameterizedTest
    @ValueSource(strings = {"ci", "pat"})
    void refusesATokenThatIsTooLongToBeOne(String kind) throws Exception {
        refused(read("/", "Authorization: Bearer " + kind + ":7:" + "secret".repeat(3_400)));
        found(read("/", "Authorization: Bearer " + kind + ":7:" + "x".repeat(4_096)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bearer pat:7:secret",
                "Basic secret",
                "Bearer secret",
                "Bearer ci:7:",
                "Bearer ci::secret",
                "Bearer ci:-7:secret",
                "Bearer ci:+7:secret",
                "Bearer ci:7x:secret",
                "Bearer ci:99999999999999999999:secret",
                "Bearer xx:7:secret",
                "Bearer PAT:7:secret",
                "Bearer ci:7:two secrets",
                "Bearer pat:7:secrét"
            })
    void refusesEveryOtherAuthorization(String value) throws Exception {
        refused(read("/", "Authorization: " + value));
        // Nor is the session tried when there is an Authorization header.
        refused(read("/", "Authorization: " + value, "Cookie: _gitlab_kas=c", "Gitlab-Agent-Id: 7", "X-Csrf-Token: t"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?gitlab-agent-id=7&gitlab-csrf-token=t", "/?gitlab-csrf-token=t&gitlab-agent-id=7&x=1"})
    void takesASessionFromCookieAndQuery(String target) throws Exception {
        ProxyCredential.Session session =
                (ProxyCredential.Session) found(read(target, "Cookie: other=1; _gitlab_kas=a%2Bb"));
        assertThat(session).isEqualTo(new ProxyCredential.Session(7, "a+b", "t"));
    }

    @ParameterizedTest
    @CsvSource({
        "'/', 'Cookie: _gitlab_kas=c', 'X: y'",
        "'/', 'Cookie: _gitlab_kas=c', 'Gitlab-Agent-Id: 7'",
        "'/?gitlab-agent-id=7&gitlab-agent-id=8&gitlab-csrf-token=t', 'Cookie: _gitlab_kas=c', 'X: y'",
        "'/?gitlab-agent-id=7&gitlab-csrf-token=t', 'Cookie: _gitlab_kas=c; _gitlab_kas=d', 'X: y'",
        "'/?gitlab-agent-id=7&gitlab-csrf-token=', 'Cookie: _gitlab_kas=c', 'X: y'",
        "'/?gitlab-agent-id=x&gitlab-csrf-token=t', 'Cookie: _gitlab_kas=c', 'X: y'",
        "'/?gitlab-agent-id=7&gitlab-csrf-token=t', 'Cookie: _gitlab_kas=%zz', 'X: y'",
        "'/?gitlab-agent-id=7&gitlab-csrf-token=t', 'X: y', 'Z: y'"
    })
    void refusesASessionThatIsNotWhole(String target, String first, String second) throws Exception {
        refused(read(target, first, second));
    }

    @Test
    void refusesACookieBesideAGoodAuthorization() throws Exception {
        refused(read(
                "/",
                "Authorization: Bearer pat:7:a",
                "Cookie: _gitlab_kas=c",
                "Gitlab-Agent-Id: 7",
                "X-Csrf-Token: t"));
        found(read("/", "Authorization: Bearer pat:7:a", "Cookie: other=c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?gitlab-agent-id=7", "/?gitlab-csrf-token=t"})
    void refusesTheSameInHeaderAndQuery(String target) throws Exception {
        refused(read(target, "Cookie: _gitlab_kas=c", "Gitlab-Agent-Id: 7", "X-Csrf-Token: t"));
    }

    @ParameterizedTest
    @CsvSource({"two%20secrets, t", "secr%C3%A9t, t", "c, two secrets"})
    void refusesASessionWhoseSecretsAreOfNoTokensShape(String cookie, String csrf) throws Exception {
        refused(read("/", "Cookie: _gitlab_kas=" + cookie, "Gitlab-Agent-Id: 7", "X-Csrf-Token: " + csrf));
    }

    @Test
    void refusesASessionWhoseCookieIsTooLongToBeOne() throws Exception {
        refused(read("/", "Cookie: _gitlab_kas=" + "secret".repeat(700), "Gitlab-Agent-Id: 7", "X-Csrf-Token: t"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Bearer pat:7:a", "Gitlab-Agent-Id: 8", "X-Csrf-Token: u"})
    void refusesMoreThanOneOfAnything(String twice) throws Exception {
        refused(read(
                "/",
                twice,
                twice,
                "Cookie: _gitlab_kas=c",
                twice.startsWith("Gitlab") ? "X-Csrf-Token: t" : "Gitlab-Agent-Id: 7"));
    }
}
