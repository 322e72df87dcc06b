package io.fairlead.cli.forge;

import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Certificates as a kubeconfig holds them. */
public final class CaData {
    private CaData() {}

    public static String of(Path file) {
        try {
            return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the certificates in " + file + " cannot be read: " + e, e);
        }
    }
}
