package io.fairlead.apps.forge;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A forge in a process of its own, for tests that kill it. Arguments: data folder, file for its address. */
final class ForgeProcess {
    private ForgeProcess() {}

    public static void main(String[] arguments) throws Exception {
        ForgeApp app = new ForgeApp(ForgeConfig.loopback(Path.of(arguments[0]), RunningForge.EXTERNAL_URL));
        app.start();
        Path ready = Path.of(arguments[1]);
        Path draft = ready.resolveSibling("draft");
        Files.writeString(draft, Integer.toString(app.httpAddress().getPort()));
        Files.move(draft, ready, StandardCopyOption.ATOMIC_MOVE);
        Thread.sleep(Long.MAX_VALUE);
    }
}
