package io.fairlead.it.story;

import io.fairlead.base.json.Json;
import io.fairlead.testing.line.Line;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/**
 * What stories about the forge play in: a server, its administrator's token and SSH key, and a home folder for clients that
 * holds no settings but theirs. A cluster is not needed.
 */
final class ForgeScenery implements AutoCloseable {
    private static final Duration REQUEST_MAX = Duration.ofSeconds(60);

    private final String story;
    private final long beganNanos = System.nanoTime();
    private final Path folder;
    private final Line line;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ForgeScenery(String story, Path folder, Line line) {
        this.story = story;
        this.folder = folder;
        this.line = line;
    }

    /** @param serverOptions further arguments of {@code fairlead server} */
    static ForgeScenery open(String story, String... serverOptions) {
        Checkout checkout = Checkout.here();
        Path folder = checkout.root().resolve("it/target/stories").resolve(story);
        Scenery.empty(folder);
        Line line = Line.withoutAgent(checkout, folder.resolve("server"), serverOptions);
        ForgeScenery scenery = new ForgeScenery(story, folder, line);
        try {
            scenery.prepare();
        } catch (RuntimeException | Error e) {
            line.close();
            throw e;
        }
        return scenery;
    }

    private void prepare() {
        create(home());
        Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key().toString())
                .ask();
        api("POST", "/user/keys", "{\"title\":\"story\",\"key\":\"" + read(Path.of(key() + ".pub")) + "\"}");
    }

    Line line() {
        return line;
    }

    Path folder() {
        return folder;
    }

    /** Where clients believe to be at home. */
    Path home() {
        return folder.resolve("home");
    }

    Path key() {
        return home().resolve("key");
    }

    /** Host and port of the HTTPS address. */
    String authority() {
        return URI.create(line.server().ready().url().orElseThrow()).getAuthority();
    }

    /** Host and port of Git over SSH. */
    String sshAuthority() {
        return URI.create(api("GET", "/projects/root%2Fline", "")
                        .path("ssh_url_to_repo")
                        .asString())
                .getAuthority()
                .replaceFirst("^git@", "");
    }

    String token() {
        return line.server().adminToken();
    }

    /** Calls the API as the administrator; {@code body} is JSON, or empty. Fails unless it is answered with success. */
    JsonNode api(String method, String path, String body) {
        HttpResponse<String> answer = answer(method, path, body);
        if (answer.statusCode() >= 300) {
            throw new AssertionError(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
        return Json.tree(answer.body().isEmpty() ? "{}" : answer.body());
    }

    /** The same, whatever the answer is; fails when there is none. */
    HttpResponse<String> answer(String method, String path, String body) {
        URI uri = URI.create(line.server().ready().httpUrl().orElseThrow() + "/api/v4" + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("PRIVATE-TOKEN", token())
                .header("Content-Type", "application/json")
                .timeout(REQUEST_MAX)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Adds a project of the administrator's. */
    JsonNode project(String name) {
        return api("POST", "/projects", "{\"name\":\"" + name + "\"}");
    }

    /** A program whose home is the story's, and which trusts the server's certificate. */
    Command program(String... line) {
        return Command.of(line)
                .env("HOME", home().toString())
                .env("SSL_CERT_FILE", this.line.caFile().toString())
                .env("GIT_SSL_CAINFO", this.line.caFile().toString())
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_TERMINAL_PROMPT", "0")
                .env("GIT_AUTHOR_NAME", "Story")
                .env("GIT_AUTHOR_EMAIL", "story@fairlead.local")
                .env("GIT_COMMITTER_NAME", "Story")
                .env("GIT_COMMITTER_EMAIL", "story@fairlead.local");
    }

    /** git in a folder, signed in over HTTPS by an askpass program and over SSH by the key. */
    Command git(Path where) {
        String ssh = "ssh -F /dev/null -i " + key() + " -o IdentitiesOnly=yes -o BatchMode=yes"
                + " -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=" + home().resolve("known_hosts");
        return program("git", "-C", where.toString(), "-c", "init.defaultBranch=main")
                .env("GIT_ASKPASS", askpass().toString())
                .env("GIT_SSH_COMMAND", ssh)
                .within(Duration.ofMinutes(5));
    }

    private Path askpass() {
        Path file = home().resolve("askpass");
        if (!Files.exists(file)) {
            write(
                    file,
                    "#!/bin/sh\ncase $1 in Username*) echo oauth2 ;; *) cat "
                            + line.server().ready().adminTokenFile().orElseThrow() + " ;; esac\n");
            file.toFile().setExecutable(true);
        }
        return file;
    }

    /** Runs git, which must succeed. */
    Finished did(Path where, String... arguments) {
        return git(where).plus(arguments).run().orFail();
    }

    /** A new repository with one commit. */
    Path repository(String name) {
        Path where = create(folder.resolve(name));
        did(where, "init", "--quiet");
        commit(where, "README.md", "# " + name + "\n");
        return where;
    }

    String commit(Path where, String file, String text) {
        create(where.resolve(file).resolve("..").normalize());
        write(where.resolve(file), text);
        did(where, "add", file);
        did(where, "commit", "--quiet", "-m", "Change " + file);
        return git(where).plus("rev-parse", "HEAD").ask();
    }

    static Path create(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The story's last line. */
    void figures(String text) {
        System.out.printf("story %s: %s (%.0f s)%n", story, text, (System.nanoTime() - beganNanos) / 1e9);
    }

    @Override
    public void close() {
        client.close();
        line.close();
    }
}
