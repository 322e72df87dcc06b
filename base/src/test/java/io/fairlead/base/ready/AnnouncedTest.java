package io.fairlead.base.ready;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.lifecycle.Stage;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnouncedTest {
    @TempDir
    Path folder;

    private boolean closed;

    @Test
    void closesTheAppAlsoWhenTheReadyFileCannotBeDeleted() throws Exception {
        Path file = folder.resolve("ready.json");
        Announced announced = new Announced(
                Stage.closing(() -> closed = true), () -> ReadyFile.observable("http://localhost:1"), List.of(file));
        announced.start();
        assertThat(file).isRegularFile();
        Files.delete(file);
        Files.createDirectories(file.resolve("in the way"));

        assertThatThrownBy(announced::close).isInstanceOf(DirectoryNotEmptyException.class);
        assertThat(closed).isTrue();
    }
}
