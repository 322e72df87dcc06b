package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many who ask for the same at the same moment: what only one may get, one gets, and nobody gets a 500. */
@Tag(TestDatabase.BOTH)
class RacesTest {
    private static final int RIVALS = 8;

    @TempDir
    static Path folder;

    private static RunningForge forge;

    @BeforeAll
    static void open() throws Exception {
        forge = new RunningForge(folder);
    }

    @AfterAll
    static void close() throws Exception {
        forge.close();
    }

    private static List<Answer> together(Callable<Answer> task) throws Exception {
        CyclicBarrier start = new CyclicBarrier(RIVALS);
        List<Answer> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> futures = new ArrayList<>();
            for (int i = 0; i < RIVALS; i++) {
                futures.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            for (Future<Answer> future : futures) {
                answers.add(future.get());
            }
        }
        return answers;
    }

    private static List<Integer> statuses(List<Answer> answers) {
        return answers.stream().map(Answer::status).sorted().toList();
    }

    private static void oneOf(int won, int lost, List<Answer> answers) {
        assertThat(statuses(answers)).filteredOn(status -> status == won).hasSize(1);
        assertThat(statuses(answers)).filteredOn(status -> status == lost).hasSize(RIVALS - 1);
    }

    @Test
    void oneOfThoseWhoMakeAProjectOfANameMakesIt() throws Exception {
        oneOf(201, 400, together(() -> forge.post("/api/v4/projects", "name=raced")));
    }

    @Test
    void oneOfThoseWhoMakeAnAgentOfANameMakesIt() throws Exception {
        long project = forge.project("raced-agents");
        List<Answer> answers =
                together(() -> forge.post("/api/v4/projects/" + project + "/cluster_agents", "name=edge"));
        assertThat(statuses(answers)).filteredOn(status -> status == 201).hasSize(1);
        assertThat(statuses(answers)).allMatch(status -> status < 500);
    }

    @Test
    void anAgentGetsTwoTokens() throws Exception {
        long project = forge.project("raced-tokens");
        long agent = forge.agent(project, "edge");
        String tokens = "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens";
        List<Answer> answers = together(() -> forge.post(tokens, "name=t"));
        assertThat(statuses(answers)).filteredOn(status -> status == 201).hasSize(2);
        assertThat(statuses(answers)).allMatch(status -> status < 500);
    }

    @Test
    void deploymentsAreNumberedWithoutAGap() throws Exception {
        long project = forge.project("raced-deployments");
        List<Answer> answers = together(() -> forge.post(
                "/api/v4/projects/" + project + "/deployments",
                "environment=production&ref=main&tag=false&status=success&sha=" + "a".repeat(40)));
        assertThat(statuses(answers)).containsOnly(201);
        Set<Integer> numbers = new HashSet<>();
        answers.forEach(answer -> numbers.add(answer.json().get("iid").asInt()));
        assertThat(numbers).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(forge.get("/api/v4/projects/" + project + "/environments").json())
                .hasSize(1);
    }

    @Test
    void aVariableOfAKeyIsOne() throws Exception {
        long project = forge.project("raced-variables");
        oneOf(
                201,
                400,
                together(() -> forge.post("/api/v4/projects/" + project + "/variables", "key=KEY_ONE&value=some")));
    }

    @Test
    void aHundredHooksAreTheMost() throws Exception {
        long project = forge.project("raced-hooks");
        String hooks = "/api/v4/projects/" + project + "/hooks";
        for (int i = 0; i < 98; i++) {
            assertThat(forge.post(hooks, "url=https://example.com/").status()).isEqualTo(201);
        }
        List<Answer> answers = together(() -> forge.post(hooks, "url=https://example.com/"));
        assertThat(statuses(answers)).filteredOn(status -> status == 201).hasSize(2);
        assertThat(statuses(answers)).filteredOn(status -> status == 400).hasSize(RIVALS - 2);
    }

    @Test
    void everyUseOfATokenAtOnceIsAnswered() throws Exception {
        String token = forge.personWithToken("busy", "api");
        assertThat(statuses(together(() -> forge.call("GET", "/api/v4/user", token, ""))))
                .containsOnly(200);
    }
}
