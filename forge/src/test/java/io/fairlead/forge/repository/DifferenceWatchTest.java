package io.fairlead.forge.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.testing.git.PackBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.RepositoryBuilder;
import org.eclipse.jgit.transport.PackParser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees of differences, as JGit reads them. */
class DifferenceWatchTest {
    private static final int PIECE = 512 << 10;
    private static final PackBounds BOUNDS = new PackBounds(1_000, 1 << 20, 6 << 20);

    @TempDir
    Path folder;

    private FileRepository repository;

    @BeforeEach
    void create() throws IOException {
        repository = (FileRepository)
                new RepositoryBuilder().setGitDir(folder.toFile()).setBare().build();
        repository.create(true);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private void parse(byte[] pack) throws IOException {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            PackParser parser = inserter.newPackParser(new ByteArrayInputStream(pack));
            parser.setMaxObjectSizeLimit(BOUNDS.objectBytes());
            parser.setObjectChecker(new DifferenceWatch(BOUNDS));
            parser.parse(NullProgressMonitor.INSTANCE);
        }
    }

    private static byte[] noise(int bytes) {
        byte[] content = new byte[bytes];
        new Random(7).nextBytes(content);
        return content;
    }

    /** Each level has two children, so that JGit holds all of them until the deepest is done. */
    @Test
    void aDeepTreeIsNotAllHeldInMemory() {
        PackBytes pack = new PackBytes();
        long base = pack.object(PackBytes.BLOB, noise(PIECE));
        for (int i = 0; i < 40; i++) {
            long next = pack.delta(base, PackBytes.repeating(PIECE + i * 3, PIECE / 2, PIECE + (i + 1) * 3));
            pack.delta(base, PackBytes.repeating(PIECE + i * 3, PIECE / 4, PIECE + (i + 1) * 3));
            base = next;
        }

        assertThatThrownBy(() -> parse(pack.bytes())).hasMessageContaining("bytes of memory at once");
    }

    @Test
    void manyDifferencesAfterOneAnotherAreFine() throws IOException {
        PackBytes pack = new PackBytes();
        long base = pack.object(PackBytes.BLOB, noise(PIECE));
        for (int i = 0; i < 40; i++) {
            base = pack.delta(base, PackBytes.repeating(PIECE + i * 3, PIECE / 2, PIECE + (i + 1) * 3));
        }

        parse(pack.bytes());

        assertThat(repository.getObjectDatabase().getPacks()).hasSize(1);
    }
}
