package io.fairlead.it.story;

import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.net.URI;
import java.nio.file.Path;

/** One build of kubectl with one way to the cluster. */
record Kubectl(String program, Path kubeconfig) {
    Command command(String... arguments) {
        return Command.of(program).env("KUBECONFIG", kubeconfig.toString()).plus(arguments);
    }

    Finished run(String... arguments) {
        return command(arguments).run();
    }

    String ask(String... arguments) {
        return command(arguments).ask();
    }

    /** {@code get --raw}, with which kubectl leaves out the path of the server's address: it is put before {@code path}. */
    Command raw(String path) {
        String server = ask("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}");
        String prefix = URI.create(server).getPath().replaceFirst("/$", "");
        return command("get", "--raw", prefix + path);
    }

    void apply(String objects) {
        Command apply = command("apply", "-f", "-").input(objects);
        // Kubernetes makes a new namespace's service account itself, and the two may meet.
        if (!apply.run().succeeded()) {
            apply.ask();
        }
    }
}
