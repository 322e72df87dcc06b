package io.fairlead.gitlab.gitaly;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a reference advertisement of {@code git upload-pack} (protocol version 0) as it arrives, cut anywhere, and keeps
 * only what it looks for. Memory is one pkt-line.
 *
 * <p>The stream is: a service line, a flush, then one line for each reference, {@code <object id> <name>}, the first with
 * capabilities after a NUL, then a flush. An empty repository has one line named {@code capabilities^{}}.
 */
final class RefAdvertisement {
    private static final int PKT_BYTES_MAX = 65_520;
    private static final int LENGTH_BYTES = 4;

    private final List<String> wanted;
    private final @Nullable String[] found;
    private final byte[] line = new byte[PKT_BYTES_MAX];
    private int filled;
    private int needed = LENGTH_BYTES;
    private boolean anyRef;

    /** @param wanted full reference names, the most wanted first */
    RefAdvertisement(List<String> wanted) {
        this.wanted = List.copyOf(wanted);
        this.found = new String[wanted.size()];
    }

    /** Takes the next bytes; returns true when the most wanted reference was found and the rest need not be read. */
    boolean feed(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            int take = Math.min(needed - filled, bytes.length - at);
            System.arraycopy(bytes, at, line, filled, take);
            filled += take;
            at += take;
            if (filled == needed) {
                step();
            }
        }
        return found.length > 0 && found[0] != null;
    }

    private void step() {
        if (needed == LENGTH_BYTES) {
            int length = pktLength();
            if (length == 0) {
                filled = 0;
                return;
            }
            needed = length;
            if (length > LENGTH_BYTES) {
                return;
            }
        } else {
            reference(Arrays.copyOfRange(line, LENGTH_BYTES, filled));
        }
        filled = 0;
        needed = LENGTH_BYTES;
    }

    private int pktLength() {
        String text = new String(line, 0, LENGTH_BYTES, StandardCharsets.ISO_8859_1);
        int length;
        try {
            length = Integer.parseUnsignedInt(text, 16);
        } catch (NumberFormatException e) {
            throw malformed("a pkt-line begins with " + escaped(text));
        }
        if ((length != 0 && length < LENGTH_BYTES) || length > PKT_BYTES_MAX) {
            throw malformed("a pkt-line of " + length + " bytes");
        }
        return length;
    }

    private void reference(byte[] payload) {
        int end = payload.length;
        for (int i = 0; i < payload.length; i++) {
            if (payload[i] == 0 || payload[i] == '\n') {
                end = i;
                break;
            }
        }
        String text = new String(payload, 0, end, StandardCharsets.UTF_8);
        if (text.startsWith("# service=")) {
            return;
        }
        int space = text.indexOf(' ');
        if (space < 0 || !isObjectId(text, space)) {
            throw malformed("a reference line without object id and name");
        }
        String name = text.substring(space + 1);
        if (name.equals("capabilities^{}")) {
            return;
        }
        anyRef = true;
        int index = wanted.indexOf(name);
        if (index >= 0) {
            found[index] = text.substring(0, space);
        }
    }

    /** SHA-1 or SHA-256, in lower-case hex. */
    private static boolean isObjectId(String text, int length) {
        if (length != 40 && length != 64) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (Character.digit(text.charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The most wanted reference that was there. Call at the end of the stream, or when {@link #feed} said enough. */
    Head head() {
        Optional<Head> best = Optional.empty();
        for (int i = 0; i < found.length && best.isEmpty(); i++) {
            String id = found[i];
            if (id != null) {
                best = Optional.of(new Head.Commit(wanted.get(i), id));
            }
        }
        if (best.isEmpty() && filled > 0) {
            throw malformed("it ends within a pkt-line");
        }
        return best.orElseGet(() -> anyRef ? new Head.RefNotFound() : new Head.EmptyRepository());
    }

    private static GitalyException malformed(String what) {
        return new GitalyException(
                GitalyException.UNAVAILABLE, "the reference advertisement from Gitaly cannot be read: " + what, null);
    }

    private static String escaped(String text) {
        return "\"" + text.replaceAll("[^ -~]", "?") + "\"";
    }
}
