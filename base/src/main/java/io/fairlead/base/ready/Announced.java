package io.fairlead.base.ready;

import io.fairlead.base.lifecycle.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** A process that writes ready files once it has started and takes them away before it stops. */
public final class Announced implements Stage {
    private final Stage app;
    private final Supplier<ReadyFile> ready;
    private final List<Path> files;

    /** @param ready asked once the app has started */
    public Announced(Stage app, Supplier<ReadyFile> ready, List<Path> files) {
        this.app = app;
        this.ready = ready;
        this.files = List.copyOf(files);
    }

    @Override
    public void start() throws Exception {
        // One that was left by a process that was killed would lie until this one is ready.
        removeFiles();
        app.start();
        ReadyFile content = ready.get();
        files.forEach(content::write);
    }

    @Override
    public void close() throws Exception {
        try {
            removeFiles();
        } finally {
            app.close();
        }
    }

    private void removeFiles() throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
