package io.fairlead.link.kubeapi;

/** Bytes that show where they belong: the one at position i is i modulo 251. */
final class Pattern {
    private Pattern() {}

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }

    /** Follows a stream of pieces. */
    static final class Check {
        private long at;
        private boolean wrong;

        void add(byte[] piece) {
            for (byte b : piece) {
                wrong |= (b & 0xff) != at % 251;
                at++;
            }
        }

        /** How many bytes came, and whether each was right. */
        String result() {
            return (wrong ? "wrong " : "right ") + at;
        }
    }
}
