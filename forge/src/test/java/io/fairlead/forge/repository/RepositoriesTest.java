package io.fairlead.forge.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoriesTest {
    @TempDir
    Path root;

    private Repositories repositories;

    @BeforeEach
    void start() throws Exception {
        repositories = new Repositories(root);
        repositories.start();
    }

    @Test
    void aRepositoryIsEmptyUntilSomethingIsInIt() {
        repositories.ensure(7, "main");
        assertThat(repositories.empty(7, "main")).isTrue();
        repositories.addReadme(7, "main", "Title", "A", "a@x");
        assertThat(repositories.empty(7, "main")).isFalse();
        assertThat(repositories.file(7, "main", "README.md", 100))
                .hasValueSatisfying(bytes -> assertThat(bytes).asString().isEqualTo("# Title\n"));
        assertThat(repositories.file(7, "main", "absent", 100)).isEmpty();
        assertThat(repositories.file(7, "absent", "README.md", 100)).isEmpty();
    }

    @Test
    void aRepositoryThatACrashLostIsMadeWhenItIsOpened() {
        assertThat(repositories.empty(8, "main")).isTrue();
        assertThat(root.resolve(Repositories.relativePath(8))).isDirectory();
    }

    @Test
    void whatIsDeletedIsGoneAndAStartClearsTheRest() throws Exception {
        repositories.ensure(9, "main");
        repositories.delete(9);
        assertThat(root.resolve(Repositories.relativePath(9))).doesNotExist();
        Files.createDirectories(root.resolve("+trash/old-1/x"));
        new Repositories(root).start();
        assertThat(root.resolve("+trash")).doesNotExist();
    }

    @Test
    void onlyPathsThatWereGivenOutAreOpened() {
        repositories.ensure(7, "main");
        repositories.openRelative(Repositories.relativePath(7)).orElseThrow().close();
        assertThat(repositories.openRelative(Repositories.relativePath(99))).isEmpty();
    }

    @Test
    void noOtherPathIsOpened() {
        Repositories anywhere = new Repositories(Path.of("/"));
        Property.holds(200, any -> {
            String path = any.text();
            assertThat(anywhere.openRelative(path)).isEmpty();
            assertThat(anywhere.openRelative("@hashed/../" + path)).isEmpty();
        });
    }
}
