package io.fairlead.bench;

import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Git's own server for HTTP, {@code git http-backend}, behind nginx: what the forge is compared with. */
final class GitSite implements AutoCloseable {
    private static final int SHORT_BYTES = 1_000;

    private final Path repositories;
    private final int port;
    private final Background programs;
    private final Nginx nginx;

    private GitSite(Path repositories, int port, Background programs, Nginx nginx) {
        this.repositories = repositories;
        this.port = port;
        this.programs = programs;
        this.nginx = nginx;
    }

    static GitSite start(Path folder) {
        int port = Checkout.freePort();
        try {
            Path repositories = Files.createDirectories(folder.resolve("repositories"));
            Path socket = folder.resolve("fcgi.sock");
            Background programs = Command.of("fcgiwrap", "-s", "unix:" + socket).start(folder.resolve("fcgiwrap.log"));
            Nginx nginx = Nginx.start(folder, port, """
                    client_max_body_size 0;
                    server {
                        listen 127.0.0.1:%1$d;
                        location = /short {
                            return 200 "%5$s";
                        }
                        location / {
                            fastcgi_pass unix:%2$s;
                            fastcgi_buffering off;
                            fastcgi_request_buffering off;
                            fastcgi_param SCRIPT_FILENAME %3$s/git-http-backend;
                            fastcgi_param GIT_PROJECT_ROOT %4$s;
                            fastcgi_param GIT_HTTP_EXPORT_ALL 1;
                            fastcgi_param GIT_CONFIG_COUNT 1;
                            fastcgi_param GIT_CONFIG_KEY_0 safe.directory;
                            fastcgi_param GIT_CONFIG_VALUE_0 *;
                            fastcgi_param REMOTE_USER bench;
                            fastcgi_param PATH_INFO $uri;
                            fastcgi_param QUERY_STRING $args;
                            fastcgi_param REQUEST_METHOD $request_method;
                            fastcgi_param CONTENT_TYPE $content_type;
                            fastcgi_param CONTENT_LENGTH $content_length;
                            fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
                            fastcgi_param HTTP_GIT_PROTOCOL $http_git_protocol;
                        }
                    }
                    """.formatted(
                    port, socket, Command.of("git", "--exec-path").ask(), repositories, "x".repeat(SHORT_BYTES)));
            return new GitSite(repositories, port, programs, nginx);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of a new, empty repository that takes pushes. */
    String create(String name) {
        String folder = repositories.resolve(name + ".git").toString();
        Command.of("git", "init", "-q", "--bare", "-b", "main", folder).ask();
        Command.of("git", "-C", folder, "config", "http.receivepack", "true").ask();
        return url(name);
    }

    /** Where nginx itself answers, with about as much as a project has to say. */
    String shortAnswer() {
        return "http://127.0.0.1:" + port + "/short";
    }

    String url(String name) {
        return "http://127.0.0.1:" + port + "/" + name + ".git";
    }

    @Override
    public void close() {
        try (programs) {
            nginx.close();
        }
    }
}
