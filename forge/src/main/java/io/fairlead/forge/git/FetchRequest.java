package io.fairlead.forge.git;

import io.fairlead.forge.api.ApiError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.util.TemporaryBuffer;

/**
 * What a client asks for that fetches over HTTP, read to its end before anything is done for it: who sends it slowly keeps
 * nobody waiting. Large ones are kept in a file.
 *
 * <p>JGit keeps the ids in sets that are quick only while their second four bytes differ, which those of real objects do and
 * made-up ones need not.
 */
final class FetchRequest implements AutoCloseable {
    private static final int BYTES_MAX = 8 << 20;
    private static final int MEMORY_BYTES = 64 << 10;
    private static final int IDS_MAX = 100_000;
    private static final int ALIKE_MAX = 16;
    private static final int LENGTH_DIGITS = 4;
    /** Where the second four bytes of an id are, in hexadecimal digits. */
    private static final int HASH_BEGIN = 8;

    private static final int HASH_END = 16;
    private static final int ID_DIGITS = 40;
    private static final String[] WITH_IDS = {"want ", "have ", "shallow "};

    private final TemporaryBuffer kept = new TemporaryBuffer.LocalFile(null, MEMORY_BYTES);
    private final Set<String> ids = new HashSet<>();
    private final Map<Integer, Integer> alike = new HashMap<>();
    private long bytes;

    private FetchRequest() {}

    /** @throws ApiError 400 or 413 when it is no such request, or larger than any client needs */
    static FetchRequest read(InputStream in) throws IOException {
        FetchRequest request = new FetchRequest();
        try {
            request.copy(in);
            request.kept.close();
            return request;
        } catch (IOException | RuntimeException e) {
            request.close();
            throw e;
        }
    }

    private void copy(InputStream in) throws IOException {
        byte[] length = in.readNBytes(LENGTH_DIGITS);
        while (length.length > 0) {
            int count = length(length);
            byte[] line = in.readNBytes(Math.max(0, count - LENGTH_DIGITS));
            if (line.length < count - LENGTH_DIGITS) {
                throw broken();
            }
            bytes += length.length + line.length;
            if (bytes > BYTES_MAX) {
                throw ApiError.forGit(413, "A fetch asks for its objects in at most " + BYTES_MAX + " bytes.");
            }
            look(new String(line, StandardCharsets.ISO_8859_1));
            kept.write(length);
            kept.write(line);
            length = in.readNBytes(LENGTH_DIGITS);
        }
    }

    /** The length that a line begins with, itself included; less than four for the marks between lines. */
    private static int length(byte[] digits) {
        try {
            String text = new String(digits, StandardCharsets.ISO_8859_1);
            if (digits.length == LENGTH_DIGITS && Character.digit(text.charAt(0), 16) >= 0) {
                return Integer.parseInt(text, 16);
            }
        } catch (NumberFormatException e) {
            throw broken();
        }
        throw broken();
    }

    private static ApiError broken() {
        return ApiError.forGit(400, "The body is not what a Git client sends that fetches.");
    }

    private void look(String line) {
        for (String kind : WITH_IDS) {
            if (line.startsWith(kind) && line.length() >= kind.length() + ID_DIGITS) {
                count(line.substring(kind.length(), kind.length() + ID_DIGITS));
            }
        }
    }

    /** A client names what many branches lead to once for each of them. */
    private void count(String id) {
        if (!ids.add(id)) {
            return;
        }
        int hash;
        try {
            hash = Integer.parseUnsignedInt(id.substring(HASH_BEGIN, HASH_END), 16);
        } catch (NumberFormatException e) {
            throw broken();
        }
        if (ids.size() > IDS_MAX || alike.merge(hash, 1, Integer::sum) > ALIKE_MAX) {
            throw ApiError.forGit(
                    413, "A fetch names at most " + IDS_MAX + " objects, and not many whose ids are alike.");
        }
    }

    InputStream open() throws IOException {
        return kept.openInputStream();
    }

    @Override
    public void close() {
        kept.destroy();
    }
}
