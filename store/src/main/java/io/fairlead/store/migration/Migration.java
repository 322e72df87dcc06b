package io.fairlead.store.migration;

import io.fairlead.base.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One step forward: its number, its name and its statements. Once released it never changes. */
public record Migration(int version, String name, String sql) {
    /** Reads {@code NNNN-name.sql} from beside this class. */
    static Migration resource(String file) {
        try (InputStream in = Migration.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("migration " + file + " is not on the class path");
            }
            String name = file.substring(5, file.length() - ".sql".length());
            String sql = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Migration(Integer.parseInt(file.substring(0, 4)), name, sql);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same in another database's words. */
    Migration in(Dialect dialect) {
        return new Migration(version, name, dialect.of(sql));
    }

    /** The statements: each ends with a semicolon at the end of a line. */
    List<String> statements() {
        List<String> statements = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        for (String line : sql.lines().toList()) {
            if (line.isBlank() || line.startsWith("--")) {
                continue;
            }
            current.append(line).append('\n');
            if (line.endsWith(";")) {
                statements.add(current.substring(0, current.length() - 2));
                current.setLength(0);
            }
        }
        if (!current.isEmpty()) {
            throw new IllegalStateException("migration " + name + " ends without a semicolon");
        }
        return statements;
    }

    String checksum() {
        return Sha256.of(sql);
    }
}
