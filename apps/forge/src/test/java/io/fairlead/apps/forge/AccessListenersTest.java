package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.api.AccessChangeStream;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabClientConfig;
import io.fairlead.gitlab.api.GitLabException;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** There are places for 16 who listen to changes of access, and a dead one keeps its own not for ever. */
class AccessListenersTest {
    @TempDir
    Path folder;

    @Test
    void whoComesLaterTakesThePlaceOfWhoListensLongest() throws Exception {
        SystemScheduler scheduler = new SystemScheduler("test-time");
        List<AccessChangeStream> all = new ArrayList<>();
        try (RunningForge forge = new RunningForge(folder);
                GitLabClient client = new GitLabClient(
                        GitLabClientConfig.of(URI.create(forge.url("")), "gitlab-kas/test/0"),
                        new KasJwt(KasSecret.read(forge.app.kasSecretFile()), Clock.systemUTC()),
                        scheduler)) {
            for (int i = 0; i < 16; i++) {
                all.add(client.accessChanges());
                all.getLast().next();
            }
            assertThatThrownBy(client::accessChanges)
                    .as("each has listened for a moment only")
                    .hasMessageContaining("503");
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofSeconds(1))
                    .ignoreExceptions()
                    .until(() -> all.add(client.accessChanges()));
            assertThat(all.getLast().next().none()).isTrue();
            assertThatThrownBy(() -> {
                        // What was on its way, and then the end.
                        for (int i = 0; i < 100; i++) {
                            all.getFirst().next();
                        }
                    })
                    .isInstanceOf(GitLabException.class);
            assertThat(all.get(1).next().none()).isTrue();
        } finally {
            all.forEach(AccessChangeStream::close);
            scheduler.close();
        }
    }
}
