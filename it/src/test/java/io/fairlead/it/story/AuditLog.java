package io.fairlead.it.story;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What our cluster's API server wrote down about the requests that reached it. */
final class AuditLog {
    private AuditLog() {}

    /** The entries that hold {@code mark}, one line each, once the log had time to be written. */
    static List<String> entries(Kubectl admin, String mark) {
        String after = "after-" + mark;
        admin.run("get", "--raw", "/api/v1/namespaces/" + after);
        await().atMost(10, TimeUnit.SECONDS).until(() -> text().contains(after));
        return text().lines()
                .filter(line -> line.contains(mark) && !line.contains(after))
                .toList();
    }

    private static String text() {
        try {
            return Files.readString(Path.of(
                    System.getenv().getOrDefault("FAIRLEAD_CLUSTER_DIR", "/var/lib/fairlead-testbed"),
                    "log/audit.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
