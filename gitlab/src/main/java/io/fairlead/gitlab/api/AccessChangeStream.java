package io.fairlead.gitlab.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The lines of {@code GET /internal/kubernetes/access_changes} as they come. One thread reads, any may close. */
public final class AccessChangeStream implements AutoCloseable {
    private final String request;
    private final InputStream in;
    private final BufferedInputStream buffered;

    AccessChangeStream(String request, InputStream in) {
        this.request = request;
        this.in = in;
        buffered = new BufferedInputStream(in);
    }

    /**
     * Waits for the next line, however long.
     *
     * @throws GitLabException when the stream has ended, was closed, or says what cannot be understood
     */
    public AccessChanges next() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int next = buffered.read(); next != '\n'; next = buffered.read()) {
                if (next < 0) {
                    throw GitLabException.unreachable(request, "its stream ended", null);
                }
                if (line.size() >= AccessChanges.LINE_CHARS_MAX) {
                    throw GitLabException.malformed(request, 200, "a line is too long");
                }
                line.write(next);
            }
            return AccessChanges.parse(line.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw GitLabException.unreachable(request, "its stream broke", e);
        } catch (IllegalArgumentException e) {
            throw GitLabException.malformed(request, 200, String.valueOf(e.getMessage()));
        }
    }

    /** Ends a {@link #next} that waits. */
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException _) {
            // Nothing is wanted of it any more.
        }
    }
}
