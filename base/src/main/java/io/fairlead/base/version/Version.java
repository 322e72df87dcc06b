package io.fairlead.base.version;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The build this process runs: {@code number} as in the release, {@code commit} the short Git revision it was made from
 * (or {@code unknown}). The commit comes with the command line that the packaging writes, not in the jar: a jar that is
 * new with each commit would make the build compile everything behind it again.
 */
public record Version(String number, String commit) {
    private static final Version CURRENT = read();

    private static final String COMMIT_PROPERTY = "fairlead.commit";

    /** The running build's version. */
    public static Version current() {
        return CURRENT;
    }

    /** The form of {@code User-Agent}, {@code Server} and {@code Via}: {@code product/v1.2.3/abc1234}. */
    public String product(String product) {
        return product + "/v" + number + "/" + commit;
    }

    @Override
    public String toString() {
        return number + " (" + commit + ")";
    }

    private static Version read() {
        String commit = System.getProperty(COMMIT_PROPERTY, "unknown");
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                return new Version("0.0.0", commit);
            }
            Properties stamped = new Properties();
            stamped.load(in);
            return new Version(stamped.getProperty("number", "0.0.0"), commit);
        } catch (IOException e) {
            throw new UncheckedIOException("version.properties cannot be read from the class path", e);
        }
    }
}
