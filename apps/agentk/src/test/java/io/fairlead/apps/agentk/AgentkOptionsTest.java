package io.fairlead.apps.agentk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.env.Environment;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.link.kubeapi.agent.LocalPolicy;
import io.fairlead.wire.grpc.KasAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class AgentkOptionsTest {
    @TempDir
    Path folder;

    private final SystemScheduler time = new SystemScheduler("test");
    private Path token = Path.of("unset");
    private Path kubeconfig = Path.of("unset");

    @BeforeEach
    void write() throws IOException {
        token = Files.writeString(folder.resolve("token"), "glagent-secret\n");
        kubeconfig = Files.writeString(folder.resolve("config"), """
                current-context: c
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443"}}]
                contexts: [{name: c, context: {cluster: c, namespace: team}}]
                """);
    }

    @AfterEach
    void stop() {
        time.close();
    }

    @Test
    void hasGitLabsDefaults() {
        AgentkConfig config = config(
                Map.of(),
                "--kas-address",
                "wss://kas.example.com/",
                "--token-file",
                token.toString(),
                "--kubeconfig",
                kubeconfig.toString());

        assertThat(config.kas()).isEqualTo(KasAddress.parse("wss://kas.example.com/"));
        assertThat(config.token().get()).isEqualTo("glagent-secret");
        assertThat(config.observability().address()).isEqualTo(new InetSocketAddress(8080));
        assertThat(config.observability().readinessPath()).isEqualTo("/readiness");
        assertThat(config.caFile()).isEmpty();
        assertThat(config.kasInsecure()).isFalse();
        assertThat(config.logLevel()).isEqualTo(Level.INFO);
        assertThat(config.podNamespace()).isEqualTo("team");
        assertThat(config.toString()).doesNotContain("glagent-secret");
    }

    @Test
    void mapsEveryFlagAndVariable() throws IOException {
        Path ca = Files.writeString(folder.resolve("ca.crt"), "CA");
        AgentkConfig config = config(
                Map.of("AGENTK_TOKEN", "glagent-other", "POD_NAME", "p", "POD_NAMESPACE", "n"),
                "--kas-address=grpcs://kas.example.com",
                "--ca-cert-file=" + ca,
                "--kas-header=X-One: 1",
                "--kas-header=X-One:2",
                "--kas-insecure-skip-tls-verify",
                "--kas-tls-server-name=kas.internal",
                "--kubeconfig=" + kubeconfig,
                "--context=c",
                "--server=https://other:1",
                "--certificate-authority=" + ca,
                "--observability-listen-network=tcp4",
                "--observability-listen-address=127.0.0.1:9",
                "--observability-cert-file=/c",
                "--observability-key-file=/k",
                "--ready-file=/ready",
                "--log-level=debug");

        assertThat(config.token().get()).isEqualTo("glagent-other");
        assertThat(config.caFile()).contains(ca);
        assertThat(config.kasHeaders()).isEqualTo(Map.of("X-One", List.of("1", "2")));
        assertThat(config.kasInsecure()).isTrue();
        assertThat(config.kasServerName()).contains("kas.internal");
        assertThat(config.cluster().server()).isEqualTo(URI.create("https://other:1"));
        assertThat(config.cluster().certificateAuthority()).contains("CA");
        assertThat(config.observability().address()).isEqualTo(new InetSocketAddress("127.0.0.1", 9));
        assertThat(config.observabilityIdentity()).contains(new AgentkConfig.TlsFiles(Path.of("/c"), Path.of("/k")));
        assertThat(config.readyFile()).contains(Path.of("/ready"));
        assertThat(config.logLevel()).isEqualTo(Level.DEBUG);
        assertThat(config.podName()).isEqualTo("p");
        assertThat(config.podNamespace()).isEqualTo("n");
    }

    @Test
    void readsTheLocalPolicy() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), """
                users: ["gitlab:user:*"]
                groups: ["gitlab:*"]
                namespaces: [shop]
                """);
        LocalPolicy expected = new LocalPolicy(
                policy.toString(),
                List.of("gitlab:user:*"),
                List.of("gitlab:*"),
                List.of(),
                List.of("agent.gitlab.com/*"),
                Optional.of(List.of("shop")));
        assertThat(withPolicy(Map.of(), "--local-policy-file=" + policy).policy())
                .contains(expected);
        // Nothing but the file widens it.
        assertThat(withPolicy(Map.of(
                                "AGENTK_LOCAL_POLICY_FILE", policy.toString(), "FAIRLEAD_USERS", "*", "USERS", "*"))
                        .policy())
                .contains(expected);
        assertThat(withPolicy(Map.of()).policy()).isEmpty();
        Files.writeString(policy, "users: []\n");
        assertThat(withPolicy(Map.of(), "--local-policy-file=" + policy)
                        .policy()
                        .orElseThrow()
                        .namespaces())
                .isEmpty();
    }

    private AgentkConfig withPolicy(Map<String, String> environment, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--kas-address=wss://kas.example.com/", "--token-file=" + token, "--kubeconfig=" + kubeconfig));
        arguments.addAll(List.of(more));
        return config(environment, arguments.toArray(String[]::new));
    }

    @Test
    void doesNotStartWithAPolicyThatCannotBeRead() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), "user: [a]\ngroups: {}\n");
        assertThatThrownBy(() -> withPolicy(Map.of(), "--local-policy-file=" + policy))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("policy.yaml:1:1")
                .hasMessageContaining("users")
                .hasMessageContaining("groups must be a list of texts");
        assertThatThrownBy(() -> withPolicy(Map.of(), "--local-policy-file=" + folder.resolve("absent")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void tellsEveryMistakeAtOnce() {
        assertThatThrownBy(() -> config(
                        Map.of(),
                        "--kas-address=ftp://kas.example.com",
                        "--kas-header=nothing",
                        "--observability-listen-address=x",
                        "--log-level=loud",
                        "--kubeconfig=/absent"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("6 errors")
                .hasMessageContaining("--token-file")
                .hasMessageContaining("option --log-level")
                .hasMessageContaining("/absent");
    }

    @Test
    void listsEveryHeaderThatCannotBeSentWithoutItsValue() {
        assertThatThrownBy(() -> config(
                        Map.of("AGENTK_TOKEN", "glagent-x"),
                        "--kas-address=wss://kas.example.com",
                        "--kubeconfig=" + kubeconfig,
                        "--kas-header=Host: secret",
                        "--kas-header=Authorization: secret",
                        "--kas-header=Bad Name: secret",
                        "--kas-header=x-bin: secret",
                        "--kas-header=X-One: secret\u00e9"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("5 errors")
                .hasMessageContaining("the header Host belongs")
                .hasMessageContaining("the header Authorization belongs")
                .hasMessageContaining("\"Bad Name\"")
                .hasMessageContaining("the header x-bin")
                .hasMessageContaining("the value of the header X-One")
                .hasMessageNotContaining("secret");
    }

    @Test
    void takesAnApiServersAddressWithASlashAtItsEnd() {
        AgentkConfig config = config(
                Map.of("AGENTK_TOKEN", "glagent-x"),
                "--kas-address=wss://kas.example.com",
                "--kubeconfig=" + kubeconfig,
                "--server=https://other:1/");

        assertThat(config.cluster().basePath()).isEmpty();
    }

    @Test
    void tellsAnApiServersAddressWithoutASchemeAsAMistake() {
        assertThatThrownBy(() -> config(
                        Map.of("AGENTK_TOKEN", "glagent-x"),
                        "--kas-address=wss://kas.example.com",
                        "--kubeconfig=" + kubeconfig,
                        "--server=other:6443"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("\"other:6443\"");
    }

    @Test
    void refusesWhatItDoesNotUnderstandAndNamesTheNearestOption() {
        assertThatThrownBy(() -> config(
                        Map.of(),
                        "--kas-adress=wss://kas.example.com",
                        "glagent-in-the-wrong-place",
                        "--kas-insecure-skip-tls-verify=no",
                        "--context=a",
                        "--context=b",
                        "--token-file"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("6 errors")
                .hasMessageContaining("did you mean --kas-address?")
                .hasMessageContaining("it takes no value")
                .hasMessageContaining("more than once")
                .hasMessageContaining("its value is missing: --token-file FILE")
                .hasMessageNotContaining("glagent-in-the-wrong-place");
    }

    @Test
    void helpNamesEveryOption() {
        for (AgentkOption option : AgentkOption.values()) {
            option.names().forEach(name -> assertThat(AgentkArguments.help()).contains(name));
        }
    }

    private AgentkConfig config(Map<String, String> environment, String... arguments) {
        return new AgentkOptions(AgentkArguments.parse(List.of(arguments))).config(new Environment(environment), time);
    }
}
