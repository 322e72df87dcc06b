package io.fairlead.forge.backup;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Copies one bare repository while it is pushed to. The references first, as they are at one moment, and then the objects: a
 * push stores its objects before it moves references, so all that the copied references lead to is there by then. Nobody
 * deletes objects meanwhile; {@link Backup} holds the lock for that.
 *
 * <p>Objects of pushes that come in meanwhile are copied too as far as they are seen. No reference of the copy leads to
 * them, and they are collected like all such.
 */
final class RepositoryCopy {
    private static final Pattern LOOSE_FOLDER = Pattern.compile("[0-9a-f]{2}");
    private static final Pattern LOOSE = Pattern.compile("[0-9a-f]{38}");
    private static final Pattern PACK_INDEX = Pattern.compile("(pack-[0-9a-f]{40})\\.idx");
    /** The index last, as Git itself adds a pack. */
    private static final List<String> PACK_PARTS = List.of(".pack", ".bitmap", ".rev", ".idx");

    private static final List<String> SINGLE_FILES = List.of("HEAD", "config", "description", "packed-refs");
    private static final int TRIES_MAX = 100;

    /** A character for each byte. */
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final ArchiveWriter archive;

    RepositoryCopy(ArchiveWriter archive) {
        this.archive = archive;
    }

    /**
     * Adds the repository as {@code name}.
     *
     * @return whether all of it is in the archive: false when it was deleted before or meanwhile
     */
    boolean add(Path repository, String name) throws IOException {
        try {
            SortedMap<String, String> references = references(repository);
            archive.folder(name);
            archive.folder(name + "/refs");
            archive.folder(name + "/objects");
            for (var file : references.entrySet()) {
                archive.bytes(name + "/" + file.getKey(), file.getValue().getBytes(BYTES));
            }
            objects(repository.resolve("objects"), name + "/objects");
            return true;
        } catch (NoSuchFileException e) {
            if (Files.exists(repository)) {
                throw e;
            }
            return false;
        }
    }

    /**
     * Everything that says where references stand, read until two readings agree. Where pushes come in faster than that, it
     * is the last reading: then of a push of several references some may have moved and some not.
     */
    private static SortedMap<String, String> references(Path repository) throws IOException {
        SortedMap<String, String> before = reading(repository);
        for (int i = 0; i < TRIES_MAX; i++) {
            SortedMap<String, String> after = reading(repository);
            if (before.equals(after)) {
                return after;
            }
            before = after;
        }
        return before;
    }

    /** Loose references before packed ones: one that is packed between the two is seen twice rather than not at all. */
    private static SortedMap<String, String> reading(Path repository) throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        loose(repository, repository.resolve("refs"), files);
        for (String name : SINGLE_FILES) {
            try {
                files.put(name, Files.readString(repository.resolve(name), BYTES));
            } catch (NoSuchFileException e) {
                if (name.equals("HEAD")) {
                    throw e;
                }
            }
        }
        return files;
    }

    private static void loose(Path repository, Path folder, SortedMap<String, String> files) throws IOException {
        for (Path path : list(folder)) {
            if (Files.isDirectory(path)) {
                try {
                    loose(repository, path, files);
                } catch (NoSuchFileException e) {
                    // Its last reference was packed or deleted meanwhile; the next reading tells.
                    continue;
                }
            } else if (!path.toString().endsWith(".lock")) {
                try {
                    files.put(repository.relativize(path).toString(), Files.readString(path, BYTES));
                } catch (NoSuchFileException e) {
                    continue;
                }
            }
        }
    }

    private void objects(Path objects, String name) throws IOException {
        for (Path folder : list(objects)) {
            String part = folder.getFileName().toString();
            if (!LOOSE_FOLDER.matcher(part).matches()) {
                continue;
            }
            for (Path object : list(folder)) {
                if (LOOSE.matcher(object.getFileName().toString()).matches()) {
                    archive.file(name + "/" + part + "/" + object.getFileName(), object);
                }
            }
        }
        Path packs = objects.resolve("pack");
        if (!Files.isDirectory(packs)) {
            return;
        }
        for (Path index : list(packs)) {
            var matcher = PACK_INDEX.matcher(index.getFileName().toString());
            if (matcher.matches()) {
                pack(packs, matcher.group(1), name + "/pack/");
            }
        }
    }

    private void pack(Path packs, String base, String prefix) throws IOException {
        if (!Files.exists(packs.resolve(base + ".pack"))) {
            throw new NoSuchFileException(
                    packs.resolve(base + ".pack").toString(), null, "the repository is damaged; run git fsck in it");
        }
        for (String part : PACK_PARTS) {
            Path file = packs.resolve(base + part);
            if (Files.exists(file)) {
                archive.file(prefix + base + part, file);
            }
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(null);
        return entries;
    }
}
