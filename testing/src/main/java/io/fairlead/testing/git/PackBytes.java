package io.fairlead.testing.git;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.Deflater;

/** A pack, written object by object. What it claims and what it holds may differ. */
public final class PackBytes {
    public static final int COMMIT = 1;
    public static final int TREE = 2;
    public static final int BLOB = 3;
    private static final int OFS_DELTA = 6;
    private static final int HEADER_BYTES = 12;

    private final ByteArrayOutputStream objects = new ByteArrayOutputStream();
    private int count;

    /** Adds an object; its place in the pack. */
    public long object(int type, byte[] content) {
        return claiming(type, content.length, content);
    }

    /** Adds an object that says to be {@code size} bytes long. */
    public long claiming(int type, long size, byte[] content) {
        long place = here();
        header(type, size);
        objects.writeBytes(deflated(content));
        count++;
        return place;
    }

    /** Adds an object as the difference to the one at {@code base}. */
    public long delta(long base, byte[] instructions) {
        long place = here();
        header(OFS_DELTA, instructions.length);
        offset(place - base);
        objects.writeBytes(deflated(instructions));
        count++;
        return place;
    }

    /** Instructions that repeat the first {@code piece} bytes of {@code baseSize} until {@code size} are there. */
    public static byte[] repeating(long baseSize, int piece, long size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, baseSize);
        number(out, size);
        for (long done = 0; done < size; done += piece) {
            int part = (int) Math.min(piece, size - done);
            out.write(0x80 | 0x70);
            out.write(part);
            out.write(part >> 8);
            out.write(part >> 16);
        }
        return out.toByteArray();
    }

    private long here() {
        return HEADER_BYTES + objects.size();
    }

    private void header(int type, long size) {
        long left = size >> 4;
        int first = type << 4 | (int) (size & 0xf);
        while (left > 0) {
            objects.write(first | 0x80);
            first = (int) (left & 0x7f);
            left >>= 7;
        }
        objects.write(first);
    }

    private void offset(long distance) {
        byte[] digits = new byte[10];
        int at = digits.length - 1;
        long left = distance;
        digits[at] = (byte) (left & 0x7f);
        while ((left >>= 7) > 0) {
            left--;
            digits[--at] = (byte) (0x80 | (left & 0x7f));
        }
        objects.write(digits, at, digits.length - at);
    }

    private static void number(ByteArrayOutputStream out, long value) {
        long left = value;
        while (left > 0x7f) {
            out.write((int) (left & 0x7f) | 0x80);
            left >>= 7;
        }
        out.write((int) left);
    }

    private static byte[] deflated(byte[] content) {
        Deflater deflater = new Deflater();
        deflater.setInput(content);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        while (!deflater.finished()) {
            out.write(part, 0, deflater.deflate(part));
        }
        deflater.end();
        return out.toByteArray();
    }

    /** The pack with as many objects as it has. */
    public byte[] bytes() {
        return bytes(count);
    }

    /** The pack with the number of objects it claims to have. */
    public byte[] bytes(int claimed) {
        byte[] head = ByteBuffer.allocate(HEADER_BYTES)
                .put("PACK".getBytes(StandardCharsets.US_ASCII))
                .putInt(2)
                .putInt(claimed)
                .array();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        out.writeBytes(objects.toByteArray());
        out.writeBytes(sha1(out.toByteArray()));
        return out.toByteArray();
    }

    /** The id of an object. */
    public static String id(int type, byte[] content) {
        String kind = type == COMMIT ? "commit" : type == TREE ? "tree" : "blob";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((kind + " " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(content);
        return HexFormat.of().formatHex(sha1(out.toByteArray()));
    }

    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** One line of Git's protocol. */
    public static byte[] line(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ("%04x".formatted(bytes.length + 4) + text).getBytes(StandardCharsets.UTF_8);
    }
}
