package io.fairlead.forge.environment;

import io.fairlead.base.digest.Sha256;
import java.math.BigInteger;
import java.util.Locale;

/**
 * The form of an environment's name that fits a DNS label: GitLab's, to the letter, since namespaces and Helm releases are
 * named by it. At most 24 characters; when anything was changed or cut, six made of the name's SHA-256 stand at the end.
 */
final class EnvironmentSlug {
    private static final int LENGTH_MAX = 24;
    private static final int SUFFIX_LENGTH = 6;

    private EnvironmentSlug() {}

    static String of(String name) {
        String slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
        if (!slug.matches("[a-z].*")) {
            slug = "env-" + slug;
        }
        slug = slug.replaceAll("-{2,}", "-");
        if (slug.length() <= LENGTH_MAX && slug.equals(name)) {
            return slug.endsWith("-") ? slug.substring(0, slug.length() - 1) : slug;
        }
        String begin = slug.substring(0, Math.min(slug.length(), LENGTH_MAX - SUFFIX_LENGTH - 1));
        return (begin.endsWith("-") ? begin : begin + "-") + suffix(name);
    }

    private static String suffix(String name) {
        String digits = new BigInteger(1, Sha256.bytes(name)).toString(36);
        return digits.substring(digits.length() - SUFFIX_LENGTH);
    }
}
