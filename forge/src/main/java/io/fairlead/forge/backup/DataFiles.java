package io.fairlead.forge.backup;

import io.fairlead.forge.instance.DataFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What lies in a data folder, and which of it lasts. */
public final class DataFiles {
    static final String DATABASE = DataFolder.DATABASE;
    static final String REPOSITORIES = DataFolder.REPOSITORIES;

    /** Are copied by other means, belong to the running process, or grow all the time and tell of this server alone. */
    private static final Set<String> NOT_COPIED = Set.of(
            DATABASE,
            DATABASE + "-wal",
            DATABASE + "-shm",
            DATABASE + "-journal",
            REPOSITORIES,
            DataFolder.AUDIT,
            "ready.json.new");

    private static final int DEPTH_MAX = 20;

    private DataFiles() {}

    /** Everything beside database and repositories: secrets, certificates, and what its owner put there. */
    static List<Path> others(DataFolder folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> top = Files.list(folder.root())) {
            for (Path path : top.sorted()
                    .filter(path -> lasts(path.getFileName().toString()))
                    .toList()) {
                collect(path, files);
            }
        }
        return files;
    }

    private static boolean lasts(String name) {
        return !NOT_COPIED.contains(name) && !DataFolder.PASSING.contains(name);
    }

    private static void collect(Path top, List<Path> files) throws IOException {
        try (Stream<Path> tree = Files.walk(top, DEPTH_MAX, FileVisitOption.FOLLOW_LINKS)) {
            // A secret that is being written has another name until it is whole.
            tree.sorted()
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".new"))
                    .forEach(files::add);
        }
    }

    /** The repositories that are there, as paths below the folder of repositories. */
    static List<String> repositories(DataFolder folder) throws IOException {
        Path root = folder.repositories();
        List<String> found = new ArrayList<>();
        Path hashed = root.resolve("@hashed");
        if (!Files.isDirectory(hashed)) {
            return found;
        }
        Files.walkFileTree(hashed, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                if (path.toString().endsWith(".git")) {
                    found.add(root.relativize(path).toString());
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        found.sort(null);
        return found;
    }

    /** Has the names in a folder on disk. */
    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    /** Removes a folder with all that is in it, if it is there. */
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
