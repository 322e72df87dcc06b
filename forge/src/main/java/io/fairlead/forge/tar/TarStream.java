package io.fairlead.forge.tar;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes POSIX tar: a header of 512 bytes before each file, what does not fit in it before that in a header of its own. */
public final class TarStream {
    public static final int LINK_MAX = 4_096;

    private static final int BLOCK = 512;
    private static final int NAME_MAX = 100;
    private static final long SIZE_MAX = 0x1_FFFF_FFFFL;

    private final OutputStream out;
    private final long time;

    /** @param time seconds since 1970 that all files have */
    public TarStream(OutputStream out, long time) {
        this.out = out;
        this.time = time;
    }

    /** The content comes next, then {@link #end}. {@code mode} are the permissions, such as 0644. */
    public void begin(String name, int mode, long size) throws IOException {
        extended(name, "", size);
        header(name, mode, Math.min(size, SIZE_MAX), '0', new byte[0]);
    }

    /** A folder, which may stay empty. */
    public void folder(String name, int mode) throws IOException {
        extended(name + "/", "", 0);
        header(name + "/", mode, 0, '5', new byte[0]);
    }

    public void end(long size) throws IOException {
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    public void link(String name, byte[] target) throws IOException {
        extended(name, new String(target, StandardCharsets.UTF_8), 0);
        header(name, 0777, 0, '2', target);
    }

    public void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private void extended(String name, String link, long size) throws IOException {
        StringBuilder records = new StringBuilder();
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_MAX) {
            records.append(record("path", name));
        }
        if (link.getBytes(StandardCharsets.UTF_8).length > NAME_MAX) {
            records.append(record("linkpath", link));
        }
        if (size > SIZE_MAX) {
            records.append(record("size", Long.toString(size)));
        }
        if (!records.isEmpty()) {
            byte[] bytes = records.toString().getBytes(StandardCharsets.UTF_8);
            header("pax_header", 0644, bytes.length, 'x', new byte[0]);
            out.write(bytes);
            end(bytes.length);
        }
    }

    /** A record begins with its own length in bytes, that of the digits included. */
    private static String record(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int bytes = rest.getBytes(StandardCharsets.UTF_8).length;
        int length = bytes + Integer.toString(bytes).length();
        if (Integer.toString(length).length() > Integer.toString(bytes).length()) {
            length++;
        }
        return length + rest;
    }

    private void header(String name, int mode, long size, char type, byte[] link) throws IOException {
        byte[] block = new byte[BLOCK];
        put(block, 0, name.getBytes(StandardCharsets.UTF_8), NAME_MAX);
        octal(block, 100, 8, mode);
        octal(block, 108, 8, 0);
        octal(block, 116, 8, 0);
        octal(block, 124, 12, size);
        octal(block, 136, 12, time);
        put(block, 148, "        ".getBytes(StandardCharsets.US_ASCII), 8);
        block[156] = (byte) type;
        put(block, 157, link, NAME_MAX);
        put(block, 257, "ustar\u000000root".getBytes(StandardCharsets.US_ASCII), 12);
        put(block, 297, "root".getBytes(StandardCharsets.US_ASCII), 4);
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII), 8);
        out.write(block);
    }

    private static void put(byte[] block, int at, byte[] bytes, int max) {
        System.arraycopy(bytes, 0, block, at, Math.min(bytes.length, max));
    }

    private static void octal(byte[] block, int at, int width, long value) {
        String digits = String.format(Locale.ROOT, "%0" + (width - 1) + "o", value);
        put(block, at, digits.getBytes(StandardCharsets.US_ASCII), width - 1);
    }
}
