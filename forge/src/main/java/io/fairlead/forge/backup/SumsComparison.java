package io.fairlead.forge.backup;

import io.fairlead.base.error.FairleadException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Is given the checksums that an archive claims and compares them with those that were found; names the first that differs. */
final class SumsComparison extends OutputStream {
    private final InputStream found;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /** @param found the checksums of what was read, in its order */
    SumsComparison(Path found) throws IOException {
        this.found = new BufferedInputStream(Files.newInputStream(found));
    }

    @Override
    public void write(int claimed) throws IOException {
        int here = found.read();
        if (here != (claimed & 0xff)) {
            throw differs(here);
        }
        if (here == '\n') {
            line.reset();
        } else {
            line.write(here);
        }
    }

    /** Call when everything that the archive claims was written here. */
    void end() throws IOException {
        int here = found.read();
        if (here >= 0) {
            throw differs(here);
        }
    }

    private FairleadException differs(int first) throws IOException {
        for (int b = first; b >= 0 && b != '\n'; b = found.read()) {
            line.write(b);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        String name = text.contains("  ") ? text.substring(text.indexOf("  ") + 2) : "its end";
        return new FairleadException(
                "restore.damaged",
                "the archive is damaged: " + name
                        + " is not as it was when the backup was taken; nothing was restored");
    }

    @Override
    public void close() throws IOException {
        found.close();
    }
}
