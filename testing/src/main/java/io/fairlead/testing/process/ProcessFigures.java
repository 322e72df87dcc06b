package io.fairlead.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the kernel says about one process right now. */
public record ProcessFigures(long pid) {
    /** The kernel counts CPU time in hundredths of a second on every architecture we run on. */
    private static final double TICKS_PER_SECOND = 100;

    /** Resident memory, bytes. */
    public long residentBytes() {
        return status("VmRSS:");
    }

    /** The part of it that is no file's page, bytes: what the process really costs a node. */
    public long anonymousBytes() {
        return status("RssAnon:");
    }

    /** CPU time in user and kernel since its start. */
    public double cpuSeconds() {
        // The second field, the name in parentheses, may hold spaces.
        String stat = read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    public long threads() {
        return number("Threads:");
    }

    /** Open descriptors. */
    public long descriptors() {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many descriptors are open at each thing: a file by its path, and all sockets, pipes and so on as one of their kind. */
    public SortedMap<String, Long> descriptorsByTarget() {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.flatMap(file -> target(file).stream())
                    .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return what the descriptor is open at, nothing if it was closed while we looked} */
    private static Optional<String> target(Path descriptor) {
        try {
            return Optional.of(Files.readSymbolicLink(descriptor).toString().replaceFirst(":\\[\\d+]$", ""));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Connections at the TCP port {@code port} of this side that the other side may still use, or that it left and we keep. */
    public long connectionsAt(int port) {
        String local = ":%04X".formatted(port);
        return Stream.of("net/tcp", "net/tcp6")
                .flatMap(file -> read(file).lines().skip(1))
                .map(line -> line.strip().split("\\s+"))
                .filter(field -> field[1].endsWith(local) && (field[3].equals("01") || field[3].equals("08")))
                .count();
    }

    private long status(String key) {
        return number(key) * 1024;
    }

    private long number(String key) {
        return read("status")
                .lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip().split("\\s")[0])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    private String read(String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/" + file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
