package io.fairlead.forge.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads POSIX tar as {@link TarStream} writes it, entry by entry. Says what stands there and judges no name: that is for
 * whoever unpacks.
 */
public final class TarInput {
    private static final int BLOCK = 512;
    private static final int PAX_BYTES_MAX = 64 << 10;
    private static final int BUFFER = 64 << 10;

    private final InputStream in;
    private long contentLeft;
    private int padding;

    /** What is read is no tar, or not as it was written. */
    public static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * One entry.
     *
     * @param type {@code 0} for a file, {@code 5} for a folder; anything else is a link, a device or not known
     * @param size of the content in bytes
     */
    public record Entry(String name, char type, long size) {}

    public TarInput(InputStream in) {
        this.in = in;
    }

    /**
     * The next entry, what was left of the one before being passed over; nothing at the end.
     *
     * @throws EOFException when the archive ends before its end
     * @throws Malformed when this is no tar
     */
    public Optional<Entry> next() throws IOException {
        skipRest();
        Map<String, String> extended = Map.of();
        while (true) {
            byte[] block = block();
            if (zeros(block)) {
                return Optional.empty();
            }
            checkSum(block);
            char type = (char) (block[156] & 0xff);
            long size = octal(block, 124, 12);
            if (type == 'x') {
                extended = pax(size);
                continue;
            }
            long whole = extended.containsKey("size") ? number(extended.getOrDefault("size", "")) : size;
            contentLeft = whole;
            padding = (int) ((BLOCK - whole % BLOCK) % BLOCK);
            String name = extended.containsKey("path") ? extended.getOrDefault("path", "") : name(block);
            return Optional.of(new Entry(name, type == 0 ? '0' : type, whole));
        }
    }

    /** Copies what is left of the entry's content. */
    public void copyTo(OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        while (contentLeft > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, contentLeft));
            if (count < 0) {
                throw new EOFException("the archive ends within an entry");
            }
            out.write(buffer, 0, count);
            contentLeft -= count;
        }
    }

    private void skipRest() throws IOException {
        copyTo(OutputStream.nullOutputStream());
        if (in.readNBytes(padding).length < padding) {
            throw new EOFException("the archive ends within an entry");
        }
        padding = 0;
    }

    private byte[] block() throws IOException {
        byte[] block = in.readNBytes(BLOCK);
        if (block.length < BLOCK) {
            throw new EOFException("the archive ends without its end mark");
        }
        return block;
    }

    private static boolean zeros(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static void checkSum(byte[] block) throws Malformed {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
        }
        if (sum != octal(block, 148, 8)) {
            throw new Malformed("a header is not one of tar, or was changed");
        }
    }

    private Map<String, String> pax(long size) throws IOException {
        if (size > PAX_BYTES_MAX) {
            throw new Malformed("a header has " + size + " bytes, more than " + PAX_BYTES_MAX);
        }
        byte[] bytes = in.readNBytes((int) size);
        int rest = (int) ((BLOCK - size % BLOCK) % BLOCK);
        if (bytes.length < size || in.readNBytes(rest).length < rest) {
            throw new EOFException("the archive ends within a header");
        }
        Map<String, String> records = new TreeMap<>();
        int at = 0;
        while (at < bytes.length) {
            int space = at;
            while (space < bytes.length && bytes[space] != ' ') {
                space++;
            }
            long length = number(new String(bytes, at, space - at, StandardCharsets.US_ASCII));
            if (length <= space - at + 1 || length > bytes.length - at || bytes[at + (int) length - 1] != '\n') {
                throw new Malformed("a header's record has a wrong length");
            }
            String record = new String(bytes, space + 1, at + (int) length - space - 2, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            if (equals < 0) {
                throw new Malformed("a header's record has no value");
            }
            records.put(record.substring(0, equals), record.substring(equals + 1));
            at += (int) length;
        }
        return records;
    }

    private static String name(byte[] block) {
        String name = text(block, 0, 100);
        String prefix = text(block, 345, 155);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private static String text(byte[] block, int at, int width) {
        int end = at;
        while (end < at + width && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, StandardCharsets.UTF_8);
    }

    private static long octal(byte[] block, int at, int width) throws Malformed {
        String digits = text(block, at, width).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw new Malformed("a header is not one of tar, or was changed");
        }
        return Long.parseLong(digits, 8);
    }

    private static long number(String digits) throws Malformed {
        if (!digits.matches("[0-9]{1,18}")) {
            throw new Malformed("a header's record has no number where one must be");
        }
        return Long.parseLong(digits);
    }
}
