package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where agents are reached that do not call. */
@Tag(TestDatabase.BOTH)
class ReceptiveAgentTest {
    @TempDir
    Path folder;

    @Test
    void haveOneAddressAndAKeyOfTheirOwn() throws Exception {
        try (RunningForge forge = new RunningForge(folder)) {
            long project = forge.project("receptive");
            long agent = forge.agent(project, "edge");
            String agents = "/api/v4/projects/" + project + "/cluster_agents/";
            String all = agents + agent + "/url_configurations";
            for (String wrong : new String[] {
                "url=https://x:1",
                "url=grpcs://x",
                "url=grpcs://user@x:1",
                "url=grpcs://x:1/path",
                "url=grpcs://x:1&client_cert=a",
                "url=grpcs://x:1&ca_cert=nothing",
                "url=grpcs://x:1&tls_host=a%20b"
            }) {
                assertThat(forge.post(all, wrong).status()).as(wrong).isEqualTo(400);
            }
            Answer made = forge.post(all, "url=grpcs://agent.example.com:8082&tls_host=agent");
            assertThat(made.status()).as(made.response().body()).isEqualTo(201);
            assertThat(made.json().get("public_key").asString()).matches("[A-Za-z0-9+/]{43}=");
            assertThat(made.json().has("client_cert")).isFalse();
            assertThat(made.response().body()).doesNotContain("private");
            assertThat(forge.post(all, "url=grpc://y:1").status())
                    .as("one at most")
                    .isEqualTo(400);
            assertThat(forge.get(agents + agent).json().get("is_receptive").asBoolean())
                    .isTrue();
            assertThat(forge.get(all).json()).hasSize(1);
            assertThat(forge.get(all + "/" + made.id()).json().get("tls_host").asString())
                    .isEqualTo("agent");
            assertThat(forge.delete(all + "/" + made.id()).status()).isEqualTo(204);
            assertThat(forge.get(all + "/" + made.id()).status()).isEqualTo(404);
            assertThat(forge.get(agents + agent).json().get("is_receptive").asBoolean())
                    .isFalse();
            theCallersCertificateIsKeptAndItsKeySealed(forge, all);
        }
    }

    private void theCallersCertificateIsKeptAndItsKeySealed(RunningForge forge, String all) throws Exception {
        Path key = folder.resolve("test.key");
        Path certificate = folder.resolve("test.crt");
        assertThat(new ProcessBuilder(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-subj",
                                "/CN=kas",
                                "-days",
                                "2",
                                "-keyout",
                                key.toString(),
                                "-out",
                                certificate.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("openssl.log").toFile())
                        .start()
                        .waitFor())
                .isZero();
        String secret = Files.readString(key);
        Answer made = forge.post(
                all,
                "{\"url\":\"grpcs://x:1\",\"client_cert\":" + json(Files.readString(certificate)) + ",\"client_key\":"
                        + json(secret) + "}");
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.json().get("client_cert").asString()).contains("BEGIN CERTIFICATE");
        assertThat(made.json().has("public_key")).isFalse();
        Files.delete(key);
        String line = secret.lines().skip(1).findFirst().orElseThrow();
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain(line);
            }
        }
    }

    private static String json(String text) {
        return "\"" + text.replace("\n", "\\n") + "\"";
    }
}
