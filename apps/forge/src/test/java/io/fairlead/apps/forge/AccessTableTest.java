package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.api.AccessText;
import io.fairlead.testing.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that says who may call which route says what the routes say: a change of either shows in review. */
class AccessTableTest {
    /** One line of the page. */
    record Line(String method, String path, String who, boolean seen, List<String> scopes) {}

    static Path page() {
        return Checkout.here().root().resolve("docs/internals/access-table.md");
    }

    static List<Line> lines() {
        try {
            return Files.readAllLines(page()).stream()
                    .filter(line -> line.startsWith("| `"))
                    .map(line -> line.split("\\s*\\|\\s*", -1))
                    .map(cells -> new Line(
                            cells[1].substring(1, cells[1].indexOf(' ')),
                            cells[1].substring(cells[1].indexOf(' ') + 1, cells[1].length() - 1),
                            cells[2],
                            cells[3].equals("yes"),
                            cells[4].isEmpty() ? List.of() : List.of(cells[4].split(", "))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thePageIsTheTableOfRoutes(@TempDir Path folder) throws Exception {
        try (RunningForge forge = new RunningForge(folder)) {
            String made = AccessText.page(forge.app.router().routes());
            if (Boolean.getBoolean("fairlead.write-access-table")) {
                Files.writeString(page(), made);
            }
            assertThat(Files.readString(page()))
                    .as("write it anew with -Dfairlead.write-access-table=true and look at what changed")
                    .isEqualTo(made);
            assertThat(lines()).hasSize(forge.app.router().routes().size());
        }
    }
}
