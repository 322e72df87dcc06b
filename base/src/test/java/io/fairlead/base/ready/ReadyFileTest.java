package io.fairlead.base.ready;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadyFileTest {
    @TempDir
    Path folder;

    @Test
    void readsBackWhatItWroteAndLeavesOutWhatDoesNotApply() throws IOException {
        Path file = folder.resolve("new").resolve("ready.json");
        ReadyFile ready = ReadyFile.observable("http://127.0.0.1:8080");

        ready.write(file);

        assertThat(ReadyFile.read(file)).contains(ready);
        assertThat(Files.readString(file))
                .contains("\"observabilityUrl\":\"http://127.0.0.1:8080\"")
                .doesNotContain("kasUrl");
    }

    @Test
    void isAbsentBeforeTheProcessIsReady() {
        assertThat(ReadyFile.read(folder.resolve("ready.json"))).isEmpty();
    }
}
