package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A release lives its whole life through the line, and helm going direct sees the same release. */
@Tag("story")
@Tag("helm")
class HelmStory {
    private static final String NAMESPACE = "story-helm";

    private static Scenery scenery;
    private static String helm = "";

    @BeforeAll
    static void open() {
        scenery = Scenery.open("helm");
        helm = scenery.checkout().tool("helm");
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.direct("kubectl").run("delete", "namespace", NAMESPACE, "--wait=false");
            scenery.close();
        }
    }

    @Test
    void installsUpgradesRollsBackAndUninstalls() {
        String chart =
                scenery.checkout().root().resolve("it/src/test/resources/chart").toString();
        through("install", "tale", chart, "--create-namespace", "--wait", "--timeout", "60s");
        assertThat(greeting()).isEqualTo("hello");
        through("upgrade", "tale", chart, "--set", "greeting=welcome", "--set", "replicas=2", "--wait");
        assertThat(greeting()).isEqualTo("welcome");
        sameBothWays("get", "manifest", "tale");
        sameBothWays("get", "values", "tale", "--all");
        sameBothWays("history", "tale", "-o", "json");
        through("rollback", "tale", "1", "--wait");
        assertThat(greeting()).isEqualTo("hello");
        assertThat(Json.tree(run(scenery.line().kubeconfig(), "status", "tale", "-o", "json")
                                .text())
                        .path("version")
                        .asInt())
                .isEqualTo(3);
        sameBothWays("list", "-o", "json");
        through("uninstall", "tale", "--wait");
        assertThat(scenery.direct("kubectl").ask("get", "configmap,deployment,secret", "-n", NAMESPACE, "-o", "name"))
                .isEqualTo("configmap/kube-root-ca.crt");
        scenery.figures("install, upgrade, rollback and uninstall; 4 answers equal to going direct");
    }

    private static void through(String... arguments) {
        run(scenery.line().kubeconfig(), arguments);
    }

    private static void sameBothWays(String... arguments) {
        assertThat(run(scenery.line().kubeconfig(), arguments).text())
                .isEqualTo(run(scenery.admin(), arguments).text());
    }

    private static Finished run(Path kubeconfig, String... arguments) {
        return Command.of(helm, "-n", NAMESPACE)
                .env("KUBECONFIG", kubeconfig.toString())
                .plus(arguments)
                .within(Duration.ofSeconds(120))
                .run()
                .orFail();
    }

    private static String greeting() {
        return scenery.direct("kubectl")
                .ask("get", "configmap", "tale-greeting", "-n", NAMESPACE, "-o", "jsonpath={.data.greeting}");
    }
}
