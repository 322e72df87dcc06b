package io.fairlead.gitlab.gitaly;

import static io.fairlead.gitlab.fake.FakeGitaly.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.api.GitalyInfo;
import io.fairlead.gitlab.api.GitalyRepository;
import io.fairlead.gitlab.fake.FakeGitaly;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GitalyClientTest {
    private static final GitalyRepository REPOSITORY =
            GitalyRepository.of("default", "@hashed/a.git", "project-1", "group/project");

    private final SystemScheduler time = new SystemScheduler("test-time");
    private final FakeGitaly gitaly = new FakeGitaly("secret");
    private final GitalyClient client = new GitalyClient(Optional.empty(), "gitlab-kas/test", Clock.systemUTC(), time);
    private final GitalyInfo info = new GitalyInfo(gitaly.address(), "secret", Map.of("gitaly-feature-x", "true"));

    @BeforeEach
    void push() {
        gitaly.repository(REPOSITORY.relativePath())
                .push(
                        "main",
                        commit('a'),
                        Map.of(
                                ".gitlab/agents/one/config.yaml",
                                "user_access: {}\n",
                                ".gitlab/agents/two/README",
                                "x"));
    }

    @AfterEach
    void close() {
        client.close();
        gitaly.close();
        time.close();
    }

    @Test
    void findsTheHead() {
        assertThat(client.head(info, REPOSITORY, List.of("refs/heads/main")))
                .isEqualTo(new Head.Commit("refs/heads/main", commit('a')));
    }

    @Test
    void readsAFileInPieces() {
        assertThat(client.file(info, REPOSITORY, commit('a'), ".gitlab/agents/one/config.yaml", 100))
                .hasValueSatisfying(bytes ->
                        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("user_access: {}\n"));
    }

    @Test
    void anAbsentFileIsEmpty() {
        assertThat(client.file(info, REPOSITORY, commit('a'), "nothing", 100)).isEmpty();
    }

    @Test
    void aTooLargeFileAndAFolderAreRefused() {
        assertThatThrownBy(() -> client.file(info, REPOSITORY, commit('a'), ".gitlab/agents/one/config.yaml", 5))
                .hasFieldOrPropertyWithValue("code", GitalyException.PRECONDITION);
        assertThatThrownBy(() -> client.file(info, REPOSITORY, commit('a'), ".gitlab/agents/one", 100))
                .hasMessageContaining(".gitlab/agents/one is a TREE and must be a file");
    }

    @Test
    void listsFilesBelowAFolder() {
        assertThat(client.files(info, REPOSITORY, "refs/heads/main", ".gitlab/agents"))
                .containsExactlyInAnyOrder(".gitlab/agents/one/config.yaml", ".gitlab/agents/two/README");
        assertThat(client.files(info, REPOSITORY, "refs/heads/main", "missing")).isEmpty();
    }

    @Test
    void sendsFeatureFlagsAsTheyStand() {
        client.head(info, REPOSITORY, List.of("HEAD"));
        assertThat(gitaly.headers.getFirst().get(Metadata.Key.of("gitaly-feature-x", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo("true");
    }

    @Test
    void aWrongSecretIsRefusedAndNamesTheAddressOnly() {
        GitalyInfo wrong = new GitalyInfo(gitaly.address(), "wrong", Map.of());
        assertThatThrownBy(() -> client.head(wrong, REPOSITORY, List.of("HEAD")))
                .isInstanceOf(GitalyException.class)
                .hasMessageContaining("UNAUTHENTICATED")
                .hasMessageContaining(gitaly.address());
        assertThat(wrong.toString()).doesNotContain("wrong");
    }

    @Test
    void aBrokenGitalyIsWorthAnotherTry() {
        gitaly.failure = Status.INTERNAL.withDescription("disk");
        assertThatThrownBy(() -> client.head(info, REPOSITORY, List.of("HEAD")))
                .isInstanceOfSatisfying(
                        FairleadException.class, e -> assertThat(e.code()).isEqualTo(GitalyException.UNAVAILABLE));
        gitaly.failure = Status.OK;
        assertThat(client.head(info, REPOSITORY, List.of("refs/heads/main"))).isInstanceOf(Head.Commit.class);
    }

    @Test
    void understandsTheFormsOfAddresses() {
        assertThat(GitalyChannels.target("tcp://gitaly:8075")).isEqualTo("dns:///gitaly:8075");
        assertThat(GitalyChannels.target("tls://gitaly:9999")).isEqualTo("dns:///gitaly:9999");
        assertThat(GitalyChannels.target("unix:/run/gitaly.sock")).isEqualTo("unix:/run/gitaly.sock");
        assertThatThrownBy(() -> GitalyChannels.target("http://gitaly")).hasMessageContaining("http://gitaly");
    }
}
