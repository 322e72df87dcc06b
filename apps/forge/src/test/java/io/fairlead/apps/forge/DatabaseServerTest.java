package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.base.error.FairleadException;
import io.fairlead.testing.postgresql.PostgresqlServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A forge and the PostgreSQL it was given. */
class DatabaseServerTest {
    @TempDir
    Path folder;

    @TempDir
    Path keys;

    private static ForgeConfig config(Path folder, PostgresqlServer server) {
        return ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL).withDatabase(TestDatabase.on(server, folder));
    }

    @Test
    void whileTheDatabaseIsAwayRequestsAreToldSoAndAfterwardsServed() throws Exception {
        try (PostgresqlServer server = PostgresqlServer.durable();
                RunningForge forge = new RunningForge(config(folder, server))) {
            long project = forge.project("kept");
            Path key = SshProgram.newKey(keys, "someone", "ed25519");
            String title = URLEncoder.encode(SshProgram.publicText(key), StandardCharsets.UTF_8);
            assertThat(forge.post("/api/v4/user/keys", "title=t&key=" + title).status())
                    .isEqualTo(201);
            SshProgram ssh = new SshProgram(keys, key, forge.app.sshAddress().getPort());
            assertThat(ssh.run("git", List.of("-T")).status()).isZero();
            server.stop();
            Answer away = forge.get("/api/v4/projects/" + project);
            assertThat(away.status()).isEqualTo(503);
            assertThat(away.header("Retry-After")).isEqualTo("5");
            assertThat(away.json().get("message").asString())
                    .isEqualTo("503 Service Unavailable: the database does not answer, try again in a moment");
            Answer git = forge.send(
                    "GET",
                    "/root/kept.git/info/refs?service=git-upload-pack",
                    Map.of(
                            "Authorization",
                            "Basic "
                                    + Base64.getEncoder()
                                            .encodeToString(
                                                    ("oauth2:" + forge.rootToken).getBytes(StandardCharsets.UTF_8))),
                    "");
            assertThat(git.status()).isEqualTo(503);
            assertThat(forge.kas("GET", "/api/v4/internal/kubernetes/agent_info", "glagent-x", "")
                            .status())
                    .isEqualTo(503);
            GitProgram.Run refused = ssh.run("git", List.of("-T"));
            assertThat(refused.status()).isNotZero();
            assertThat(refused.output()).contains("Fairlead: the database does not answer, try again in a moment");
            server.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> forge.get("/api/v4/projects/" + project).status() == 200);
        }
    }

    @Test
    void folderAndDatabaseStayTogether() throws Exception {
        PostgresqlServer server = PostgresqlServer.shared();
        Path first = folder.resolve("first");
        try (RunningForge forge = new RunningForge(config(first, server))) {
            forge.project("kept");
        }
        try (RunningForge forge = new RunningForge(config(first, server))) {
            assertThat(forge.get("/api/v4/projects/root%2Fkept").status()).isEqualTo(200);
        }
        Path second = folder.resolve("second");
        ForgeConfig others =
                ForgeConfig.loopback(second, RunningForge.EXTERNAL_URL).withDatabase(TestDatabase.on(server, first));
        assertThatThrownBy(() -> new RunningForge(others))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("belongs to another data folder");
        ForgeConfig empty = ForgeConfig.loopback(first, RunningForge.EXTERNAL_URL)
                .withDatabase(TestDatabase.on(server, folder.resolve("third")));
        assertThatThrownBy(() -> new RunningForge(empty))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("repositories of another database");
    }

    /** Its projects are in fairlead.db; the same numbers in an empty server would be given to others. */
    @Test
    void aFolderWithItsOwnDatabaseIsNotGivenToAServer() throws Exception {
        ForgeConfig embedded = ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL);
        ForgeApp app = new ForgeApp(embedded);
        app.start();
        app.close();
        assertThatThrownBy(() -> new RunningForge(config(folder, PostgresqlServer.shared())))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("repositories of another database");
        ForgeApp again = new ForgeApp(embedded);
        again.start();
        again.close();
    }

    @Test
    void secretsStayInTheirFiles() throws Exception {
        PostgresqlServer server = PostgresqlServer.shared();
        try (RunningForge forge = new RunningForge(config(folder, server))) {
            assertThat(forge.get("/api/v4/version").status()).isEqualTo(200);
            assertThat(config(folder, server).toString()).doesNotContain(server.password());
            try (var files = Files.walk(folder)) {
                assertThat(files.filter(Files::isRegularFile))
                        .noneSatisfy(file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                                .contains(server.password()));
            }
        }
    }
}
