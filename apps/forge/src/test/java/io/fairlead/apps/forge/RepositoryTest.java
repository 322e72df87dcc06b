package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.forge.api.Percent;
import io.fairlead.testing.property.Property;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Repositories over the API, compared with what the real git makes of them. */
class RepositoryTest {
    @TempDir
    static Path folder;

    @TempDir
    Path work;

    private static RunningForge forge;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static String repository(String project) {
        return "/api/v4/projects/" + forge.project(project) + "/repository";
    }

    private static Answer put(String path, String body) {
        return forge.call("PUT", path, forge.rootToken, body);
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.forEach(item -> names.add(item.get("name").asString()));
        return names;
    }

    private GitProgram cloned(String project) {
        String url = "http://root:" + forge.rootToken + "@127.0.0.1:"
                + forge.app.httpAddress().getPort() + "/root/" + project + ".git";
        new GitProgram(work).run("clone", "-q", url, project).succeeds();
        return new GitProgram(work.resolve(project));
    }

    /** As glab's bootstrap makes, looks for and changes an agent's configuration. */
    @Test
    void filesAreMadeChangedAndFoundByTheirEncodedPath() throws Exception {
        String all = repository("files");
        String file = all + "/files/.gitlab%2Fagents%2Fprod%2Fconfig%2Eyaml";
        assertThat(forge.get(file + "?ref=main").status()).isEqualTo(404);
        Answer made = forge.post(
                file,
                "{\"branch\":\"main\",\"content\":\"a: 1\\n\",\"commit_message\":\"Add\",\"author_name\":\"Ann\","
                        + "\"author_email\":\"ann@x\"}");
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.json().toString())
                .isEqualTo("{\"file_path\":\".gitlab/agents/prod/config.yaml\",\"branch\":\"main\"}");
        assertThat(forge.post(file, "branch=main&content=x&commit_message=m")
                        .json()
                        .get("message")
                        .asString())
                .isEqualTo("A file with this name already exists");
        Answer got = forge.get(file + "?ref=main");
        assertThat(new String(
                        Base64.getDecoder().decode(got.json().get("content").asString()), StandardCharsets.UTF_8))
                .isEqualTo("a: 1\n");
        assertThat(got.json().get("size").isIntegralNumber()).isTrue();
        String last = got.json().get("last_commit_id").asString();
        Answer head = forge.call("HEAD", file + "?ref=main", forge.rootToken, "");
        assertThat(head.header("X-Gitlab-Size")).isEqualTo("5");
        assertThat(head.header("X-Gitlab-Last-Commit-Id")).isEqualTo(last);
        assertThat(head.header("X-Gitlab-Content-Sha256"))
                .isEqualTo(got.json().get("content_sha256").asString());
        assertThat(put(file, "branch=main&content=YTogMg%3D%3D&encoding=base64&commit_message=Change")
                        .status())
                .isEqualTo(200);
        assertThat(forge.get(file + "/raw").response().body()).isEqualTo("a: 2");
        assertThat(put(file, "branch=main&content=3&commit_message=m&last_commit_id=" + last)
                        .json()
                        .get("message")
                        .asString())
                .contains("has changed since");
        assertThat(forge.delete(file + "?branch=main&commit_message=Drop").status())
                .isEqualTo(204);
        assertThat(forge.get(file).status()).isEqualTo(404);
        GitProgram clone = cloned("files");
        assertThat(clone.run("log", "--format=%an|%cn|%s").succeeds().output())
                .contains("Ann|Administrator|Add", "|Change", "|Drop");
        assertThat(clone.run("fsck", "--strict").succeeds().output()).doesNotContain("error");
    }

    @Test
    void aCommitDoesSeveralThingsOrNothing() {
        String all = repository("commits");
        Answer first = forge.post(
                all + "/commits",
                "{\"branch\":\"main\",\"commit_message\":\"First\\n\\nSigned-off-by: A <a@x>\",\"actions\":["
                        + "{\"action\":\"create\",\"file_path\":\"a/one.txt\",\"content\":\"1\\n\"},"
                        + "{\"action\":\"create\",\"file_path\":\"two.sh\",\"content\":\"#!/bin/sh\\n\","
                        + "\"execute_filemode\":true}]}");
        assertThat(first.status()).as(first.response().body()).isEqualTo(201);
        assertThat(first.json().get("stats").get("additions").asInt()).isEqualTo(2);
        assertThat(first.json().get("title").asString()).isEqualTo("First");
        assertThat(first.json().get("trailers").get("Signed-off-by").asString()).isEqualTo("A <a@x>");
        String moved = "{\"branch\":\"next\",\"start_branch\":\"main\",\"commit_message\":\"Second\",\"actions\":["
                + "{\"action\":\"move\",\"file_path\":\"b/one.txt\",\"previous_path\":\"a/one.txt\"},"
                + "{\"action\":\"update\",\"file_path\":\"two.sh\",\"content\":\"x\"},"
                + "{\"action\":\"chmod\",\"file_path\":\"two.sh\",\"execute_filemode\":false}]}";
        Answer second = forge.post(all + "/commits", moved);
        assertThat(second.status()).as(second.response().body()).isEqualTo(201);
        assertThat(forge.post(all + "/commits", moved).json().get("message").asString())
                .startsWith("A branch called 'next' already exists");
        JsonNode diffs = forge.get(all + "/commits/next/diff").json();
        assertThat(diffs).hasSize(2);
        assertThat(diffs.get(0).get("renamed_file").asBoolean()).isTrue();
        assertThat(diffs.get(1).get("diff").asString()).startsWith("@@ -1 +1 @@\n-#!/bin/sh\n+x");
        assertThat(forge.post(
                                all + "/commits",
                                "{\"branch\":\"main\",\"commit_message\":\"m\",\"actions\":["
                                        + "{\"action\":\"create\",\"file_path\":\"new\",\"content\":\"1\"},"
                                        + "{\"action\":\"delete\",\"file_path\":\"missing\"}]}")
                        .status())
                .isEqualTo(400);
        assertThat(forge.get(all + "/files/new").status()).as("nothing of it").isEqualTo(404);
        for (String path : List.of("two.sh/below", "a", "../x", ".git/config", "/abs", "a//b", "x\\u0000")) {
            Answer refused = forge.post(
                    all + "/commits",
                    "{\"branch\":\"main\",\"commit_message\":\"m\",\"actions\":[{\"action\":\"create\",\"content\":\"\","
                            + "\"file_path\":\"" + path + "\"}]}");
            assertThat(refused.status()).as(path).isEqualTo(400);
        }
        assertThat(forge.post(
                                all + "/commits",
                                "branch=other&commit_message=m&actions[][action]=create&"
                                        + "actions[][file_path]=f&actions[][content]=x")
                        .json()
                        .get("message")
                        .asString())
                .isEqualTo("You can only create or edit files when you are on a branch");
        JsonNode log = forge.get(all + "/commits?ref_name=next&with_stats=true").json();
        assertThat(log).hasSize(2);
        assertThat(log.get(1).get("id").asString())
                .isEqualTo(first.json().get("id").asString());
        assertThat(forge.get(all + "/commits?ref_name=next&path=b").json()).hasSize(1);
        assertThat(forge.get(all + "/commits?ref_name=next&until=2000-01-01T00:00:00Z")
                        .json())
                .isEmpty();
        assertThat(forge.get(all + "/commits?ref_name=next&author=nobody").json())
                .isEmpty();
        assertThat(forge.get(all + "/commits?ref_name=next&per_page=1").header("X-Next-Page"))
                .isEqualTo("2");
        assertThat(forge.get(all + "/commits?ref_name=absent").status()).isEqualTo(404);
        assertThat(forge.get(all + "/commits/next~1").json().get("title").asString())
                .isEqualTo("First");
        JsonNode compared = forge.get(all + "/compare?from=main&to=next").json();
        assertThat(compared.get("commits")).hasSize(1);
        assertThat(compared.get("diffs")).hasSize(2);
        assertThat(forge.get(all + "/merge_base?refs[]=main&refs[]=next".replace("[]", "%5B%5D"))
                        .json()
                        .get("id")
                        .asString())
                .isEqualTo(first.json().get("id").asString());
    }

    @Test
    void branchesAndTagsComeAndGo() {
        String all = repository("branches");
        forge.post(all + "/files/f", "branch=main&content=x&commit_message=m");
        assertThat(forge.post(all + "/branches?branch=feature%2Fone&ref=main", "")
                        .status())
                .isEqualTo(201);
        assertThat(forge.post(all + "/branches", "branch=feature/one&ref=main")
                        .json()
                        .get("message")
                        .asString())
                .isEqualTo("Branch already exists");
        assertThat(forge.post(all + "/branches", "branch=x&ref=absent")
                        .json()
                        .get("message")
                        .asString())
                .isEqualTo("Invalid reference name: absent");
        assertThat(forge.post(all + "/branches", "branch=a..b&ref=main").status())
                .isEqualTo(400);
        JsonNode one = forge.get(all + "/branches/feature%2Fone").json();
        assertThat(one.get("merged").asBoolean()).isTrue();
        assertThat(one.get("default").asBoolean()).isFalse();
        assertThat(one.get("can_push").asBoolean()).isTrue();
        assertThat(names(forge.get(all + "/branches").json())).containsExactly("feature/one", "main");
        assertThat(names(forge.get(all + "/branches?search=%5Efea").json())).containsExactly("feature/one");
        assertThat(names(forge.get(all + "/branches?search=main%24").json())).containsExactly("main");
        assertThat(forge.get(all + "/branches?per_page=1").header("X-Total")).isEqualTo("2");
        assertThat(forge.delete(all + "/branches/main").status()).isEqualTo(403);
        assertThat(forge.delete(all + "/merged_branches").status()).isEqualTo(202);
        assertThat(forge.delete(all + "/branches/feature%2Fone").status()).isEqualTo(404);

        Answer tag = forge.post(all + "/tags", "tag_name=v1&ref=main&message=Release%20one");
        assertThat(tag.status()).as(tag.response().body()).isEqualTo(201);
        assertThat(tag.json().get("message").asString()).isEqualTo("Release one");
        assertThat(tag.json().get("target").asString())
                .isNotEqualTo(tag.json().get("commit").get("id").asString());
        assertThat(forge.post(all + "/tags", "tag_name=v2&ref=main")
                        .json()
                        .get("target")
                        .asString())
                .isEqualTo(tag.json().get("commit").get("id").asString());
        assertThat(forge.post(all + "/tags", "tag_name=v1&ref=main")
                        .json()
                        .get("message")
                        .asString())
                .isEqualTo("Tag v1 already exists");
        assertThat(names(forge.get(all + "/tags?order_by=name&sort=asc").json()))
                .containsExactly("v1", "v2");
        assertThat(cloned("branches").run("cat-file", "-t", "v1").succeeds().output())
                .isEqualTo("tag\n");
        assertThat(forge.delete(all + "/tags/v1").status()).isEqualTo(204);
        assertThat(forge.get(all + "/tags/v1").status()).isEqualTo(404);
    }

    @Test
    void foldersAreListedByPageAndByKey() {
        String all = repository("trees");
        StringBuilder actions = new StringBuilder();
        for (String path : List.of("z", "a/1", "a/b/2", "c/3", "b")) {
            actions.append(actions.isEmpty() ? "" : ",")
                    .append("{\"action\":\"create\",\"content\":\"\",\"file_path\":\"" + path + "\"}");
        }
        assertThat(forge.get(all + "/tree").status()).as("nothing is there").isEqualTo(404);
        assertThat(forge.get(all + "/commits").json()).isEmpty();
        forge.post(all + "/commits", "{\"branch\":\"main\",\"commit_message\":\"m\",\"actions\":[" + actions + "]}");
        assertThat(names(forge.get(all + "/tree").json())).containsExactly("a", "c", "b", "z");
        assertThat(names(forge.get(all + "/tree?path=a%2F").json())).containsExactly("b", "1");
        assertThat(forge.get(all + "/tree?recursive=true").header("X-Total")).isEqualTo("8");
        assertThat(forge.get(all + "/tree?path=absent").status()).isEqualTo(404);
        assertThat(forge.get(all + "/tree?ref=absent").status()).isEqualTo(404);
        List<String> walked = new ArrayList<>();
        String next = all + "/tree?recursive=true&pagination=keyset&per_page=3";
        while (!next.isEmpty()) {
            Answer page = forge.get(next);
            page.json().forEach(item -> walked.add(item.get("path").asString()));
            String link = page.header("Link");
            next = link.isEmpty() ? "" : link.substring(link.indexOf("/api/"), link.indexOf('>'));
        }
        assertThat(walked).containsExactly("a", "a/b", "c", "a/1", "a/b/2", "b", "c/3", "z");
        String blob = forge.get(all + "/tree").json().get(3).get("id").asString();
        assertThat(forge.get(all + "/blobs/" + blob).json().get("size").asInt()).isEqualTo(0);
        assertThat(forge.get(all + "/blobs/" + "0".repeat(40)).status()).isEqualTo(404);
    }

    /** What tar and git read of an archive is what was put in. */
    @Test
    void archivesHoldTheFilesOfACommit() throws Exception {
        String all = repository("archives");
        String deep = "long/".repeat(30) + "file.txt";
        forge.post(
                all + "/commits",
                "{\"branch\":\"main\",\"commit_message\":\"m\",\"actions\":["
                        + "{\"action\":\"create\",\"content\":\"deep\",\"file_path\":\"" + deep + "\"},"
                        + "{\"action\":\"create\",\"content\":\"run\",\"file_path\":\"x.sh\",\"execute_filemode\":true}]}");
        for (String format : List.of("tar.gz", "tar", "zip")) {
            Path file = work.resolve("archive." + format);
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(forge.url(all + "/archive." + format)))
                        .header("PRIVATE-TOKEN", forge.rootToken)
                        .build();
                var answer = client.send(request, BodyHandlers.ofFile(file));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("Content-Disposition").orElseThrow())
                        .startsWith("attachment; filename=\"archives-main-");
            }
            Path out = Files.createDirectories(work.resolve("out-" + format));
            List<String> command = format.equals("zip")
                    ? List.of("python3", "-m", "zipfile", "-e", file.toString(), out.toString())
                    : List.of("tar", "-xf", file.toString(), "-C", out.toString());
            assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                    .isZero();
            try (var folders = Files.list(out)) {
                Path root = folders.findFirst().orElseThrow();
                assertThat(Files.readString(root.resolve(deep))).isEqualTo("deep");
                assertThat(Files.isExecutable(root.resolve("x.sh"))).isEqualTo(!format.equals("zip"));
            }
        }
    }

    @Test
    void whatIsWrittenHereIsAPushForEverybody() {
        long project = forge.project("pushed");
        forge.post("/api/v4/projects/" + project + "/repository/files/f", "branch=trunk&content=x&commit_message=m");
        assertThat(forge.get("/api/v4/projects/" + project)
                        .json()
                        .get("default_branch")
                        .asString())
                .as("the first branch becomes the default one")
                .isEqualTo("trunk");
        String reporter = forge.personWithToken("code-reporter", "api");
        forge.post(
                "/api/v4/projects/" + project + "/members",
                "user_id=" + forge.userId("code-reporter") + "&access_level=20");
        String all = "/api/v4/projects/" + project + "/repository";
        assertThat(forge.call("GET", all + "/files/f", reporter, "").status()).isEqualTo(200);
        assertThat(forge.call("POST", all + "/files/g", reporter, "branch=trunk&content=x&commit_message=m")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void protectedBranchesRefuseHereAsTheyRefusePushes() {
        long project = forge.project("code-protected");
        String all = "/api/v4/projects/" + project + "/repository";
        forge.post(all + "/files/f", "branch=main&content=x&commit_message=m");
        String developer = forge.personWithToken("code-developer", "api");
        forge.post(
                "/api/v4/projects/" + project + "/members",
                "user_id=" + forge.userId("code-developer") + "&access_level=30");
        Answer refused = forge.call("POST", all + "/files/g", developer, "branch=main&content=x&commit_message=m");
        assertThat(refused.status()).as(refused.response().body()).isEqualTo(403);
        JsonNode main = forge.call("GET", all + "/branches/main", developer, "").json();
        assertThat(main.get("protected").asBoolean()).isTrue();
        assertThat(main.get("can_push").asBoolean()).isFalse();
        assertThat(main.get("developers_can_push").asBoolean()).isFalse();
        assertThat(forge.call("POST", all + "/branches", developer, "branch=mine&ref=main")
                        .status())
                .isEqualTo(201);
        assertThat(forge.call("POST", all + "/files/g", developer, "branch=mine&content=x&commit_message=m")
                        .status())
                .isEqualTo(201);
        assertThat(forge.get(all + "/branches/main").json().get("can_push").asBoolean())
                .isTrue();
    }

    @Test
    void largeFilesAreRefusedBeforeTheyFillTheMemory() {
        String all = repository("large");
        String content = "x".repeat(2 << 20);
        assertThat(forge.post(all + "/files/two", "branch=main&commit_message=m&content=" + content)
                        .status())
                .isEqualTo(201);
        assertThat(forge.get(all + "/files/two/raw").response().body()).hasSize(2 << 20);
        assertThat(forge.post(all + "/files/big", "branch=main&commit_message=m&content=" + "x".repeat(17 << 20))
                        .status())
                .isEqualTo(413);
    }

    @Test
    void whateverIsAskedIsAnsweredAndNeverAnErrorOfOurs() {
        String all = repository("anything");
        forge.post(all + "/files/dir%2Ff", "branch=main&content=x&commit_message=m");
        List<String> pieces = List.of(
                "main",
                "HEAD",
                "~1",
                "^",
                "^{tree}",
                "@{1}",
                ":",
                "/",
                "..",
                "refs/heads/",
                "dir",
                "f",
                "-",
                "*",
                "0000",
                "\u00e4",
                " ",
                "%",
                ".git",
                "\\");
        Property.holds(150, any -> {
            String odd = Percent.encodeSegment(any.joined(4, pieces));
            if (odd.isEmpty()) {
                return;
            }
            String path = any.of(
                    "/branches/" + odd,
                    "/tags/" + odd,
                    "/commits/" + odd,
                    "/commits/" + odd + "/diff",
                    "/commits?ref_name=" + odd + "&path=" + odd,
                    "/files/" + odd + "?ref=" + odd,
                    "/files/" + odd + "/raw",
                    "/tree?path=" + odd + "&ref=" + any.of("main", odd),
                    "/tree?pagination=keyset&page_token=" + odd,
                    "/blobs/" + odd,
                    "/compare?from=main&to=" + odd,
                    "/archive.tar?sha=" + odd + "&path=dir");
            int status = forge.send("GET", all + path, Map.of("PRIVATE-TOKEN", forge.rootToken), "")
                    .status();
            assertThat(status).as(path).isIn(200, 400, 404);
            int written = forge.send(
                            any.of("POST", "PUT", "DELETE"),
                            all + "/files/" + odd,
                            Map.of("PRIVATE-TOKEN", forge.rootToken),
                            "commit_message=m&content=x&branch=" + any.of("main", odd))
                    .status();
            assertThat(written).as(path).isIn(200, 201, 204, 400);
        });
    }

    /** Nine trees of ten entries each, which name a thousand million paths. */
    @Test
    void refusesATreeThatUnfoldsBeyondMeasure() throws Exception {
        String repository = repository("unfolding");
        GitProgram git = cloned("unfolding");
        git.commit("a", "a");
        String object = git.run("rev-parse", "HEAD:a").succeeds().output().strip();
        String kind = "100644 blob ";
        for (int level = 0; level < 9; level++) {
            StringBuilder entries = new StringBuilder();
            for (int entry = 0; entry < 10; entry++) {
                entries.append(kind).append(object).append("\te").append(entry).append('\n');
            }
            Files.writeString(work.resolve("tree"), entries);
            object = git.run("-c", "alias.make=!git mktree < " + work.resolve("tree"), "make")
                    .succeeds()
                    .output()
                    .strip();
            kind = "040000 tree ";
        }
        String commit = git.run("-c", "user.name=x", "-c", "user.email=x@x", "commit-tree", object, "-m", "bomb")
                .succeeds()
                .output()
                .strip();
        git.run("push", "-q", "origin", "HEAD:refs/heads/main", commit + ":refs/heads/bomb")
                .succeeds();

        assertThat(forge.get(repository + "/tree?ref=bomb&recursive=true&per_page=1")
                        .status())
                .isEqualTo(422);
        assertThat(forge.get(repository + "/compare?from=main&to=bomb&straight=true")
                        .status())
                .isEqualTo(422);
        Answer committed = forge.post(
                repository + "/commits",
                "{\"branch\":\"bomb\",\"commit_message\":\"x\",\"actions\":[{\"action\":\"create\",\"file_path\":\"zz\",\"content\":\"x\"}]}");
        assertThat(committed.status()).isEqualTo(422);
        assertThat(forge.get(repository + "/tree?ref=main").status()).isEqualTo(200);
    }
}
