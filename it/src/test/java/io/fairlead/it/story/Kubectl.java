package io.fairlead.it.story;

import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One build of kubectl with one way to the cluster. */
record Kubectl(String program, Path kubeconfig) {
    private static final Pattern MINOR = Pattern.compile("\"minor\": *\"(\\d+)");

    Command command(String... arguments) {
        return Command.of(program).env("KUBECONFIG", kubeconfig.toString()).plus(arguments);
    }

    Finished run(String... arguments) {
        return command(arguments).run();
    }

    String ask(String... arguments) {
        return command(arguments).ask();
    }

    /** {@code get --raw}. Older kubectls leave out the path of the server's address then: it is put before {@code path}. */
    Command raw(String path) {
        if (joinsTheServersPath()) {
            return command("get", "--raw", path);
        }
        String server = ask("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}");
        String prefix = URI.create(server).getPath().replaceFirst("/$", "");
        return command("get", "--raw", prefix + path);
    }

    /** Seen by asking a server that is not there: 1.29 and 1.32 do not, 1.34 and 1.37 do. */
    private boolean joinsTheServersPath() {
        return command("--server=http://127.0.0.1:1/joined", "get", "--raw", "/x", "-v=8")
                .run()
                .err()
                .contains("http://127.0.0.1:1/joined/x");
    }

    /** The 32 in 1.32.4. */
    int minorVersion() {
        Matcher minor = MINOR.matcher(ask("version", "--client", "-o", "json"));
        if (!minor.find()) {
            throw new AssertionError(program + " does not say its version");
        }
        return Integer.parseInt(minor.group(1));
    }

    void apply(String objects) {
        Command apply = command("apply", "-f", "-").input(objects);
        // Kubernetes makes a new namespace's service account itself, and the two may meet.
        if (!apply.run().succeeded()) {
            apply.ask();
        }
    }
}
