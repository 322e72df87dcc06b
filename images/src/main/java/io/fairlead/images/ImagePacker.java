package io.fairlead.images;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.Ports;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Packs a folder that is laid out like an image's root into a tar for {@code ctr images import} and {@code docker load}.
 * What changes seldom comes first, so that a new version of the agent is a small layer. All times are one fixed moment and
 * all owners root, so that the same folder gives the same bytes.
 */
@Command(name = "image-packer", description = "Packs a root folder into an image's tar.")
public final class ImagePacker implements Callable<Integer> {
    /** The moment images/build gives every file; the AOT cache remembers it for each jar. */
    private static final Instant FILE_TIME = Instant.parse("2026-01-01T00:00:00Z");

    private static final String USER = "65532:65532";

    @Option(names = "--root", required = true, description = "The folder to pack.")
    private Path root = Path.of("");

    @Option(names = "--tar", required = true, description = "The tar to write.")
    private Path tar = Path.of("");

    @Option(names = "--name", required = true, description = "The image's name and tag.")
    private String name = "";

    @Option(names = "--title", required = true, description = "The image's title, in its labels.")
    private String title = "";

    @Option(names = "--cache", required = true, description = "Folder for layers made before.")
    private Path cache = Path.of("");

    public static void main(String... arguments) {
        System.exit(new CommandLine(new ImagePacker()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        JibContainerBuilder builder = Jib.fromScratch()
                .addFileEntriesLayer(layer("system", path -> !path.startsWith("app") && !path.startsWith("opt")))
                .addFileEntriesLayer(layer("runtime", path -> path.startsWith("opt")))
                .addFileEntriesLayer(layer("libraries", path -> library(path) && !ours(path)))
                .addFileEntriesLayer(
                        layer("fairlead", path -> path.startsWith("app") && (ours(path) || !library(path))))
                .setEntrypoint("/opt/java/bin/java", "@/app/java.args")
                .setEnvironment(Map.of("MALLOC_ARENA_MAX", "1"))
                .setExposedPorts(Ports.parse(List.of("8080")))
                .setLabels(Map.of("org.opencontainers.image.title", title))
                .setUser(USER)
                .setWorkingDirectory(AbsoluteUnixPath.get("/"))
                .setCreationTime(FILE_TIME);
        JibContainer packed =
                builder.containerize(Containerizer.to(TarImage.at(tar).named(name))
                        .setBaseImageLayersCache(cache)
                        .setApplicationLayersCache(cache)
                        .setOfflineMode(true));
        System.out.println(name + " " + packed.getImageId());
        return 0;
    }

    private static boolean library(Path path) {
        return path.startsWith(Path.of("app", "lib"));
    }

    private static boolean ours(Path path) {
        return path.getFileName().toString().startsWith("fairlead-");
    }

    private FileEntriesLayer layer(String layerName, Predicate<Path> wanted) throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(layerName);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                Path inside = root.relativize(file);
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && wanted.test(inside)) {
                    FilePermissions permissions =
                            FilePermissions.fromOctalString(Files.isExecutable(file) ? "755" : "644");
                    layer.addEntry(file, AbsoluteUnixPath.get("/" + inside), permissions, FILE_TIME);
                }
            }
        }
        return layer.build();
    }
}
