package io.fairlead.forge.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFilesTest {
    private static final AuditFilter ALL = new AuditFilter(Optional.empty(), Optional.empty());

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();
    private AuditFiles files;

    @BeforeEach
    void open() throws Exception {
        files = new AuditFiles(folder, new AuditBounds(1_000, Duration.ofDays(90), 200), time.clock());
        files.start();
    }

    @AfterEach
    void close() throws Exception {
        files.close();
    }

    private static String line(int number) {
        Instant at = Instant.parse("2026-11-23T05:00:00Z").plusSeconds(number);
        return "{\"time\":\"" + at + "\",\"user\":\"u" + number % 2 + "\",\"n\":" + number + "}";
    }

    private void add(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            files.append((line(i) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static List<String> lines(int... numbers) {
        List<String> lines = new ArrayList<>();
        for (int number : numbers) {
            lines.add(line(number));
        }
        return lines;
    }

    @Test
    void findsTheNewestAcrossFilesInTheirOrder() throws Exception {
        add(0, 10);
        assertThat(files.last(ALL, 5).lines()).isEqualTo(lines(5, 6, 7, 8, 9));
        AuditFilter ofOne = new AuditFilter(Optional.empty(), Optional.empty()).text("user", Optional.of("u1"));
        assertThat(files.last(ofOne, 3).lines()).isEqualTo(lines(5, 7, 9));
    }

    @Test
    void findsWhatLiesBetweenTwoTimes() throws Exception {
        add(0, 10);
        AuditFilter between = new AuditFilter(
                Optional.of(Instant.parse("2026-11-23T05:00:03Z")), Optional.of(Instant.parse("2026-11-23T05:00:05Z")));
        assertThat(files.last(between, 100).lines()).isEqualTo(lines(3, 4));
    }

    @Test
    void goesOnWhereTheLastAnswerEnded() throws Exception {
        add(0, 4);
        AuditFiles.Place place = files.last(ALL, 2).end();
        add(4, 11);
        AuditFiles.Found first = files.after(place, ALL, 3);
        assertThat(first.lines()).isEqualTo(lines(4, 5, 6));
        AuditFiles.Found rest = files.after(first.end(), ALL, 100);
        assertThat(rest.lines()).isEqualTo(lines(7, 8, 9, 10));
        assertThat(files.after(rest.end(), ALL, 100).lines()).isEmpty();
        add(11, 12);
        assertThat(files.after(rest.end(), ALL, 100).lines()).isEqualTo(lines(11));
    }

    @Test
    void keepsNoMoreThanMayBe() throws Exception {
        add(0, 200);
        assertThat(bytes()).isLessThanOrEqualTo(1_000);
        assertThat(files.last(ALL, 1_000).lines()).hasSizeGreaterThan(5).endsWith(line(199));
        assertThat(files.after(new AuditFiles.Place(1, 0), ALL, 1).lines()).hasSize(1);
    }

    private long bytes() throws Exception {
        long all = 0;
        try (Stream<Path> each = Files.list(folder)) {
            for (Path file : each.toList()) {
                all += Files.size(file);
            }
        }
        return all;
    }

    @Test
    void forgetsWhatIsTooOld() throws Exception {
        add(0, 1);
        files.close();
        Files.setLastModifiedTime(
                folder.resolve("0000000001.jsonl"),
                FileTime.from(time.clock().instant().minus(Duration.ofDays(91))));
        files.start();
        add(1, 2);
        assertThat(files.last(ALL, 100).lines()).isEqualTo(lines(1));
    }

    private static String numbered(String kas, int number) {
        return "{\"time\":\"2026-11-23T05:00:00Z\",\"id\":\"" + kas + "-" + number + "\",\"n\":" + number + "}\n";
    }

    private void bring(String lines) throws Exception {
        files.append(lines.getBytes(StandardCharsets.US_ASCII));
    }

    /** kas did not hear that they were kept, and brings them again with what came meanwhile. */
    @Test
    void whatComesTwiceIsKeptOnceAlsoAcrossARestart() throws Exception {
        bring(numbered("ab", 1) + numbered("ab", 2));
        bring(numbered("ab", 1) + numbered("ab", 2) + numbered("ab", 3));
        bring(numbered("cd", 2));
        files.close();
        files.start();
        bring(numbered("cd", 2) + numbered("ab", 3) + numbered("ab", 4));
        assertThat(String.join("\n", files.last(ALL, 100).lines()) + "\n")
                .isEqualTo(numbered("ab", 1)
                        + numbered("ab", 2)
                        + numbered("ab", 3)
                        + numbered("cd", 2)
                        + numbered("ab", 4));
    }

    /** A forge that has little to keep never fills a file. */
    @Test
    void aFileThatIsNotFullIsForgottenAsWell() throws Exception {
        add(0, 1);
        Files.setLastModifiedTime(
                folder.resolve("0000000001.jsonl"), FileTime.from(time.clock().instant()));
        time.pass(Duration.ofDays(90));
        assertThat(files.last(ALL, 100).lines()).isEmpty();
        assertThat(bytes()).isZero();
    }

    /** Who asks for what is hardly there does not have the whole disk read. */
    @Test
    void looksAtAPartOnlyAndSaysAtWhich() throws Exception {
        files.close();
        files = new AuditFiles(folder, new AuditBounds(10_000, Duration.ofDays(90), 200), time.clock(), 500);
        files.start();
        add(0, 40);
        AuditFilter nobody = new AuditFilter(Optional.empty(), Optional.empty()).text("user", Optional.of("nobody"));
        AuditFiles.Found found = files.last(nobody, 5);
        assertThat(found.lines()).isEmpty();
        assertThat(found.searchedSince()).isPresent();
        AuditFilter before = new AuditFilter(
                Optional.empty(),
                Optional.of(Instant.parse(found.searchedSince().get())));
        assertThat(files.last(before, 1).lines()).hasSize(1);
        assertThat(files.last(ALL, 2).searchedSince()).isEmpty();
        AuditFiles.Place at = new AuditFiles.Place(1, 0);
        int rounds = 0;
        while (at.file() < 10 && rounds < 100) {
            at = files.after(at, nobody, 5).end();
            rounds++;
        }
        assertThat(rounds).isBetween(2, 30);
    }

    /** A crash may leave half a line: what comes after it is whole all the same. */
    @Test
    void aBrokenEndHarmsNothingAfterIt() throws Exception {
        add(0, 1);
        files.close();
        Files.writeString(folder.resolve("0000000001.jsonl"), "{\"time\":\"20", StandardOpenOption.APPEND);
        files.start();
        add(1, 2);
        assertThat(files.last(ALL, 100).lines()).isEqualTo(lines(0, 1));
    }
}
