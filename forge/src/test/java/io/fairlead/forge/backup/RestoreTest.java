package io.fairlead.forge.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.forge.repository.Repositories;
import io.fairlead.forge.tar.TarStream;
import io.fairlead.testing.property.Property;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out of an archive is what went in, or nothing. */
class RestoreTest {
    private static final int SCHEMA = 8;

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private DataFolder data;
    private Repositories repositories;

    @BeforeEach
    void fill() throws Exception {
        data = new DataFolder(folder.resolve("data"));
        data.start();
        data.close();
        data.writeSecret("root-token", "the-secret");
        Files.createDirectories(data.root().resolve("tls"));
        Files.writeString(data.root().resolve("tls/ca.crt"), "certificate");
        Files.writeString(data.root().resolve("ready.json"), "{}");
        repositories = new Repositories(data.repositories());
        repositories.start();
        repositories.addReadme(1, "main", "One", "A", "a@x");
        repositories.addReadme(2, "main", "Two", "A", "a@x");
        repositories.ensure(3, "main");
    }

    private Path backup(int schemaVersion, Long... projects) {
        return backup(schemaVersion, () -> {}, projects);
    }

    private Path backup(int schemaVersion, Runnable afterTheDatabase, Long... projects) {
        DatabaseSnapshot database = file -> {
            try {
                Files.writeString(file, "rows");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            afterTheDatabase.run();
            return new DatabaseSnapshot.Taken(schemaVersion, List.of(projects));
        };
        Path target = folder.resolve("backup.tar");
        try {
            Path staging = Backup.staging(target);
            new Backup(data, Optional.of(database), new Progress(said::add, Clock.systemUTC()), Clock.systemUTC())
                    .write(staging, target);
            DataFiles.remove(staging);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return target;
    }

    private Restore.Restored restore(Path archive, Path into) throws IOException {
        return new Restore(SCHEMA, new Progress(said::add, Clock.systemUTC())).into(archive, into);
    }

    private void refuses(ThrowingCallable restore, String code, String text) {
        assertThatThrownBy(restore)
                .isInstanceOfSatisfying(
                        FairleadException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void bringsBackEveryFileAndWhatBelongsToNoProcess() throws Exception {
        Path archive = backup(SCHEMA, 1L, 2L, 3L);
        Path target = folder.resolve("restored");
        assertThat(restore(archive, target).repositories()).isEqualTo(3);
        for (String file : files(target)) {
            if (!file.equals("fairlead.db") && !file.equals("lock")) {
                assertThat(target.resolve(file))
                        .hasSameBinaryContentAs(data.root().resolve(file));
            }
        }
        assertThat(files(target))
                .contains("fairlead.db", "secrets/root-token", "tls/ca.crt")
                .doesNotContain("ready.json", "restoring", "objects.lock");
        Repositories restored = new Repositories(target.resolve("repositories"));
        assertThat(restored.file(2, "main", "README.md", 100)).isPresent();
        assertThat(target.resolve("repositories").resolve(Repositories.relativePath(3)))
                .isDirectory();
        assertThat(restored.empty(3, "main")).isTrue();
    }

    @Test
    void archiveAndRestoredFilesAreTheirOwnersAlone() throws Exception {
        Path archive = backup(SCHEMA, 1L);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
        Path target = folder.resolve("restored");
        restore(archive, target);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("secrets/root-token"))))
                .isEqualTo("rw-------");
        try (Stream<Path> beside = Files.list(folder)) {
            assertThat(beside.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("data", "backup.tar", "restored");
        }
    }

    @Test
    void isReadByTarAndChecksumsByTheirProgram() throws Exception {
        Path archive = backup(SCHEMA, 1L, 2L);
        Path target = Files.createDirectories(folder.resolve("by-hand"));
        assertThat(run(target, "tar", "-xf", archive.toString())).isZero();
        assertThat(run(target, "sha256sum", "--quiet", "--check", "SHA256SUMS")).isZero();
    }

    private static int run(Path where, String... command) throws Exception {
        return new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void aRepositoryOfALaterProjectIsNotTaken() throws Exception {
        Path archive = backup(SCHEMA, 1L);
        Path target = folder.resolve("restored");
        restore(archive, target);
        assertThat(target.resolve("repositories").resolve(Repositories.relativePath(2)))
                .doesNotExist();
    }

    @Test
    void aRepositoryThatWasDeletedMeanwhileIsLeftOut() throws Exception {
        Path archive = backup(SCHEMA, () -> repositories.delete(2), 1L, 2L);
        Path target = folder.resolve("restored");
        assertThat(restore(archive, target).repositories()).isEqualTo(1);
        assertThat(target.resolve("repositories").resolve(Repositories.relativePath(2)))
                .doesNotExist();
    }

    @Test
    void anArchiveThatIsCutOffAnywhereLeavesNothing() throws Exception {
        byte[] whole = Files.readAllBytes(backup(SCHEMA, 1L));
        Path cut = folder.resolve("cut.tar");
        Path target = folder.resolve("restored");
        Property.holds(40, any -> {
            // Without the last of the two blocks of its end mark it is whole.
            Files.write(cut, Arrays.copyOf(whole, any.integer(2_048, whole.length - 1_024)));
            refuses(() -> restore(cut, target), "restore.cut", "is cut off");
            assertThat(target).doesNotExist();
        });
    }

    @Test
    void oneChangedByteIsNoticed() throws Exception {
        byte[] whole = Files.readAllBytes(backup(SCHEMA, 1L));
        Path changed = folder.resolve("changed.tar");
        Path target = folder.resolve("restored");
        int secret = new String(whole, StandardCharsets.ISO_8859_1).indexOf("the-secret");
        byte[] copy = whole.clone();
        copy[secret]++;
        Files.write(changed, copy);
        refuses(() -> restore(changed, target), "restore.damaged", "secrets/root-token is not as it was");
        assertThat(target).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no tar at all", "SQLite format 3"})
    void anotherFileIsToldApart(String content) throws Exception {
        Path other = Files.writeString(folder.resolve("other"), content.repeat(200));
        refuses(() -> restore(other, folder.resolve("restored")), "restore.no-backup", "is no backup");
    }

    @Test
    void aBackupOfANewerProgramIsNotRestored() throws Exception {
        Path archive = backup(SCHEMA + 1, 1L);
        refuses(() -> restore(archive, folder.resolve("restored")), "backup.newer", "version 9");
    }

    @Test
    void nothingIsMixedWithWhatIsThere() throws Exception {
        Path archive = backup(SCHEMA, 1L);
        refuses(() -> restore(archive, data.root()), "restore.not-empty", "is not empty");
        data.start();
        refuses(() -> restore(archive, data.root()), "restore.in-use", "a server uses");
        data.close();
        assertThat(files(data.root())).contains("secrets/root-token");
    }

    @Test
    void noServerStartsOnHalfARestore() throws Exception {
        Path half = Files.createDirectories(folder.resolve("half"));
        Files.writeString(half.resolve("restoring"), "");
        refuses(() -> new DataFolder(half).start(), "data.half-restored", "empty it and restore again");
        Path archive = backup(SCHEMA, 1L);
        refuses(() -> restore(archive, half), "restore.not-empty", "cut off");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside",
                "/tmp/outside",
                "secrets/../../outside",
                "secrets//x",
                "./x",
                "lock",
                "restoring",
                "a\\b"
            })
    void anEntryThatLeadsElsewhereIsRefused(String name) throws Exception {
        Path archive = forged(tar -> {
            tar.begin(name, 0600, 0);
            tar.end(0);
        });
        refuses(() -> restore(archive, folder.resolve("restored")), "restore.path", "belongs nowhere");
        assertThat(folder.resolve("outside")).doesNotExist();
        assertThat(folder.resolve("restored")).doesNotExist();
    }

    @Test
    void aLinkIsRefused() throws Exception {
        Path archive = forged(tar -> tar.link("secrets", "/etc".getBytes(StandardCharsets.US_ASCII)));
        refuses(() -> restore(archive, folder.resolve("restored")), "restore.damaged", "neither file nor folder");
    }

    @Test
    void anEntryThatComesTwiceIsRefused() throws Exception {
        Path archive = forged(tar -> {
            for (int i = 0; i < 2; i++) {
                tar.begin("twice", 0600, 0);
                tar.end(0);
            }
        });
        refuses(() -> restore(archive, folder.resolve("restored")), "restore.damaged", "twice");
    }

    private interface Entries {
        void write(TarStream tar) throws IOException;
    }

    private Path forged(Entries entries) throws IOException {
        Path archive = folder.resolve("forged.tar");
        try (OutputStream out = Files.newOutputStream(archive, StandardOpenOption.CREATE)) {
            TarStream tar = new TarStream(out, 0);
            byte[] header = new Header(Header.FORMAT, "test", "2026-11-23T00:00:00Z", 1, 0)
                    .text()
                    .getBytes(StandardCharsets.UTF_8);
            tar.begin(Header.ENTRY, 0600, header.length);
            out.write(header);
            tar.end(header.length);
            entries.write(tar);
            tar.finish();
        }
        return archive;
    }
}
