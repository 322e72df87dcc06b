package io.fairlead.gitlab.jwt;

import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** A key shared by kas and GitLab. Kept in a file as base64 text; never shown. */
public final class KasSecret {
    /** HS256 asks for a key as long as its hash; GitLab makes 32 bytes. */
    public static final int BYTES_MIN = 32;

    private final byte[] key;

    private KasSecret(byte[] key) {
        this.key = key;
    }

    /**
     * @param origin where the text comes from, for the error
     * @throws FairleadException {@code secret.malformed} when the text is not base64 of at least 32 bytes
     */
    public static KasSecret fromBase64(String text, String origin) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException e) {
            throw new FairleadException(
                    "secret.malformed",
                    "the secret in " + origin + " is not base64; write the output of `openssl rand -base64 32` to it");
        }
        return ofBytes(key, origin);
    }

    /** A secret from its raw bytes; the array is copied. */
    public static KasSecret ofBytes(byte[] key, String origin) {
        if (key.length < BYTES_MIN) {
            throw new FairleadException(
                    "secret.malformed",
                    "the secret in " + origin + " has " + key.length + " bytes and needs " + BYTES_MIN
                            + "; write the output of `openssl rand -base64 32` to it");
        }
        return new KasSecret(key.clone());
    }

    /** Reads the file of base64 text; {@code secret.unreadable} when it cannot be read. */
    public static KasSecret read(Path file) {
        try {
            return fromBase64(Files.readString(file, StandardCharsets.US_ASCII), file.toString());
        } catch (IOException e) {
            throw new FairleadException(
                    "secret.unreadable",
                    "the secret file " + file + " cannot be read; check that it exists and belongs to this user",
                    e);
        }
    }

    byte[] key() {
        return key.clone();
    }

    @Override
    public String toString() {
        return "KasSecret[***]";
    }
}
