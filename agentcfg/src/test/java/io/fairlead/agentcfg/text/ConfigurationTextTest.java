package io.fairlead.agentcfg.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.fairlead.agentcfg.ConfigurationFile;
import io.fairlead.agentcfg.log_level_enum;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import io.fairlead.testing.property.Property;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTextTest {
    private static final String FILE = ".gitlab/agents/a/config.yaml";

    private static ConfigurationFile parse(String text) {
        return ConfigurationText.parse(FILE, text.getBytes(StandardCharsets.UTF_8))
                .file();
    }

    /** Found by attacking it: they ended in a StackOverflowError. */
    @Test
    void refusesWhatIsNestedWithoutBound() {
        assertThatThrownBy(() -> parse("ci_access: " + "[".repeat(50_000)))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("more than 64 lists and mappings in each other");
        StringBuilder merges = new StringBuilder("ci_access: &a0 {}\n");
        for (int i = 1; i < 5_000; i++) {
            merges.append("x")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" {<<: *a")
                    .append(i - 1)
                    .append("}\n");
        }
        assertThatThrownBy(() -> parse(merges + "user_access: {<<: *a4999}\n")).isInstanceOf(FairleadException.class);
        assertThatThrownBy(() -> parse("<<: &a {<<: *a}\n"))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("more than 64 merges");
    }

    @Test
    void readsWhatUsersWrite() {
        ConfigurationFile file = parse("""
                # who may use the agent
                ci_access:
                  projects:
                    - id: group/app
                      default_namespace: apps
                      access_as:
                        impersonate:
                          username: deployer
                          groups: [a, "b"]
                          extra:
                            - key: team
                              val: [x]
                      environments: [production, review/*]
                      protected_branches_only: yes
                  groups:
                    - id: group
                      access_as: {ci_job: {}}
                user_access:
                  access_as:
                    agent: {}
                  projects:
                    - id: group/app
                observability:
                  logging: {level: debug, grpc_level: error}
                flux:
                  webhook_receiver_url: http://receiver.flux-system
                remote_development:
                  enabled: true
                  partial_sync_interval: 10.5s
                  workspaces_quota: -1
                  labels: {a: b}
                container_scanning:
                  cadence: "0 0 * * *"
                """);
        assertThat(file.getCiAccess()
                        .getProjects(0)
                        .getAccessAs()
                        .getImpersonate()
                        .getExtra(0)
                        .getVal(0))
                .isEqualTo("x");
        assertThat(file.getCiAccess().getProjects(0).getProtectedBranchesOnly()).isTrue();
        assertThat(file.getCiAccess().getGroups(0).getAccessAs().hasCiJob()).isTrue();
        assertThat(file.getObservability().getLogging().getLevel()).isEqualTo(log_level_enum.debug);
        assertThat(file.getRemoteDevelopment().getPartialSyncInterval())
                .isEqualTo(Duration.newBuilder()
                        .setSeconds(10)
                        .setNanos(500_000_000)
                        .build());
        assertThat(ProtoToJson.of(file)).isEqualTo(Json.tree("""
                {"ci_access": {"projects": [{"id": "group/app", "default_namespace": "apps",
                    "access_as": {"impersonate": {"username": "deployer", "groups": ["a", "b"],
                      "extra": [{"key": "team", "val": ["x"]}]}},
                    "environments": ["production", "review/*"], "protected_branches_only": true}],
                  "groups": [{"id": "group", "access_as": {"ci_job": {}}}]},
                 "user_access": {"access_as": {"agent": {}}, "projects": [{"id": "group/app"}]},
                 "observability": {"logging": {"level": "debug", "grpc_level": "error"}},
                 "flux": {"webhook_receiver_url": "http://receiver.flux-system"},
                 "remote_development": {"enabled": true, "partial_sync_interval": "10.5s", "workspaces_quota": "-1",
                   "labels": {"a": "b"}},
                 "container_scanning": {"cadence": "0 0 * * *"}}"""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ci_acces: {}                                   | :1:1: unknown key ci_acces; did you mean ci_access?
            zzzzzzzzz: 1                                   | :1:1: unknown key zzzzzzzzz; known are gitops, observability
            `ci_access: {projects: [{id: a, acces_as: {}}]}` | in ci_access.projects[0]; did you mean access_as?
            ci_access: []                                  | :1:12: ci_access is a list and must be a mapping of keys
            ci_access: {projects: {}}                      | ci_access.projects is a mapping and must be a list
            ci_access: {projects: [{id: 12}]}              | ci_access.projects[0].id is the number 12 and must be text; put it in quotes
            ci_access: {projects: [{id: on}]}              | is the truth value true and must be text; put it in quotes
            ci_access: {projects: [{}]}                    | ci_access.projects[0].id is empty and must be given
            `ci_access: {groups: [{id: a, access_as: {}}]}`  | ci_access.groups[0].access_as needs one of agent, impersonate, ci_job, ci_user
            `user_access: {access_as: {agent: {}, user: {}}}` | user_access.access_as.user and agent exclude each other; keep one
            user_access: {access_as: {root: {}}}           | unknown key root in user_access.access_as
            `ci_access: {groups: [{id: a, access_as: {impersonate: {groups: [b]}}}]}` | impersonate.username is empty
            ci_access: {instance: {environments: [""]}}    | :1:39: ci_access.instance.environments[0] is empty and must be a name or a pattern
            `ci_access: {groups: [{id: a, access_as: {}}]}`  | :1:41: ci_access.groups[0].access_as needs
            `ci_access: {projects: [{id: a}, {id: ""}]}`     | :1:38: ci_access.projects[1].id is empty
            `user_access: {groups: [{id: a}, {}]}`           | :1:33: user_access.groups[1].id is empty
            observability: {logging: {level: verbose}}     | is the text "verbose" and must be one of info, debug, warn, error
            remote_development: {enabled: maybe}           | is the text "maybe" and must be true or false
            remote_development: {partial_sync_interval: 10} | is the number 10 and must be seconds such as 300s
            remote_development: {workspaces_quota: 1.5}    | is the number 1.5 and must be a whole number
            `{flux: {}, flux: {}}`                         | flux is there twice
            `{[a]: b}`                                     | Non scalar key
            `ci_access: {groups: [{id: "a\\0b"}]}`          | ci_access.groups[0].id has a character that no text can have
            `ci_access: {groups: [{id: "a\\ud800"}]}`       | ci_access.groups[0].id has a character that no text can have
            `remote_development: {labels: {"\\0": b}}`      | remote_development.labels has a character that no text can have
            just text                                      | the file is the text "just text" and must be a mapping of keys
            """)
    void refusesWithTheLineAndWhatToDo(String text, String message) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesTheLine() {
        assertThatThrownBy(() -> parse("user_access:\n  projects:\n    - id: a\n      nmae: b\n"))
                .hasMessage(FILE + ":4:7: unknown key nmae in user_access.projects[0]; known are id");
        assertThatThrownBy(() -> parse("a: [\n")).hasMessageStartingWith(FILE + ":");
        assertThatThrownBy(() -> ConfigurationText.parse(FILE, new byte[] {(byte) 0xff}))
                .hasMessageContaining("is not UTF-8 text");
    }

    @Test
    void saysWhichEntriesAreTooMany() {
        String entries = "    - id: a/b\n".repeat(ConfigurationText.ENTRIES_MAX);
        String full = "ci_access:\n  projects:\n" + entries;
        assertThat(ConfigurationText.parse(FILE, full.getBytes(StandardCharsets.UTF_8))
                        .warnings())
                .isEmpty();
        String over = full + "    - id: a/c\nuser_access:\n  groups:\n" + entries + "    - id: a/c\n    - id: a/d\n";
        assertThat(ConfigurationText.parse(FILE, over.getBytes(StandardCharsets.UTF_8))
                        .warnings())
                .containsExactly(
                        FILE + ":503:7: ci_access.projects has 501 entries; the first 500 count, from here on they are"
                                + " ignored",
                        FILE + ":1006:7: user_access.groups has 502 entries; the first 500 count, from here on they are"
                                + " ignored");
    }

    @Test
    void aJobMayActAsWhoRunsIt() {
        assertThat(parse("ci_access: {instance: {access_as: {ci_user: {}}}}")
                        .getCiAccess()
                        .getInstance()
                        .getAccessAs()
                        .hasCiUser())
                .isTrue();
    }

    @Test
    void anEmptyFileIsAnEmptyConfiguration() {
        for (String text : new String[] {"", "\n# nothing\n", "---\n", "~", "{}", "ci_access:\n"}) {
            assertThat(parse(text)).isEqualTo(ConfigurationFile.getDefaultInstance());
        }
    }

    @Test
    void anchorsAndMergesWorkAndBombsDoNot() {
        ConfigurationFile file = parse("""
                ci_access:
                  projects:
                    - &base {id: a, default_namespace: x}
                    - <<: *base
                      id: b
                """);
        assertThat(file.getCiAccess().getProjects(1).getId()).isEqualTo("b");
        assertThat(file.getCiAccess().getProjects(1).getDefaultNamespace()).isEqualTo("x");
        StringBuilder bomb = new StringBuilder("ci_access:\n  projects:\n    - id: a\n      environments: &e [")
                .append("x,".repeat(999))
                .append("x]\n");
        for (int i = 0; i < 200; i++) {
            bomb.append("    - {id: p").append(i).append(", environments: *e}\n");
        }
        assertThatThrownBy(() -> parse(bomb.toString())).hasMessageContaining("aliases");
    }

    @Test
    void anyTextIsReadOrRefusedButNeverBreaksTheReader() {
        Property.holds(300, any -> {
            try {
                parse(any.text());
            } catch (FairleadException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        });
    }

    @Test
    void scalarsFollowYaml11() {
        ConfigurationFile file = parse("""
                remote_development: {enabled: Off, workspaces_quota: 0x10, workspaces_per_user_quota: 1_000,
                  use_kubernetes_user_namespaces: "true"}
                """.replace("\"true\"", "ON"));
        assertThat(file.getRemoteDevelopment().getEnabled()).isFalse();
        assertThat(file.getRemoteDevelopment().getWorkspacesQuota()).isEqualTo(16);
        assertThat(file.getRemoteDevelopment().getWorkspacesPerUserQuota()).isEqualTo(1000);
        assertThat(file.getRemoteDevelopment().getUseKubernetesUserNamespaces()).isTrue();
    }
}
