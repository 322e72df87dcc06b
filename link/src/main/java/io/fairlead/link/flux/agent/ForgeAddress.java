package io.fairlead.link.flux.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where the agent's forge is, and which of its projects a Git URL means. As GitLab's agentk does, hosts are compared by name
 * alone, neither by port nor by scheme; ours knows the form of scp as well ({@code git@host:group/project.git}).
 *
 * @param host in lower case
 * @param root path before those of projects, with a slash at its end
 */
record ForgeAddress(String host, String root) {
    /** kas follows no longer path. */
    private static final int PATH_LENGTH_MAX = 1024;

    private static final Set<String> SCHEMES = Set.of("http", "https", "ssh");
    private static final String SUFFIX = ".git";

    /** @return empty when {@code externalUrl} has no host, as when kas does not say where its GitLab is */
    static Optional<ForgeAddress> of(String externalUrl) {
        return parse(externalUrl)
                .filter(url -> url.getHost() != null)
                .map(url -> new ForgeAddress(
                        url.getHost().toLowerCase(Locale.ROOT), trimmed(String.valueOf(url.getPath())) + "/"));
    }

    /** The full path of the project that {@code url} means; empty for what is somewhere else. */
    Optional<String> project(String url) {
        int scheme = url.indexOf("://");
        return scheme < 0 ? scpLike(url) : withScheme(url);
    }

    private Optional<String> withScheme(String text) {
        return parse(text)
                .filter(url -> url.getHost() != null
                        && url.getPath() != null
                        && SCHEMES.contains(url.getScheme().toLowerCase(Locale.ROOT))
                        && url.getHost().toLowerCase(Locale.ROOT).equals(host))
                .flatMap(url -> {
                    String path = url.getPath();
                    boolean web = url.getScheme().toLowerCase(Locale.ROOT).startsWith("http");
                    if (web && !path.startsWith(root)) {
                        return Optional.empty();
                    }
                    return plain(web ? path.substring(root.length()) : path);
                });
    }

    private Optional<String> scpLike(String text) {
        int colon = text.indexOf(':');
        int slash = text.indexOf('/');
        if (colon < 1 || (slash >= 0 && slash < colon)) {
            return Optional.empty();
        }
        String before = text.substring(0, colon);
        String name = before.substring(before.lastIndexOf('@') + 1);
        return name.toLowerCase(Locale.ROOT).equals(host) ? plain(text.substring(colon + 1)) : Optional.empty();
    }

    /** A project is in a group or with a person, so its path has two parts at least. */
    private static Optional<String> plain(String given) {
        String path = trimmed(given).replaceFirst("^/+", "");
        if (path.endsWith(SUFFIX)) {
            path = path.substring(0, path.length() - SUFFIX.length());
        }
        String[] parts = path.split("/", -1);
        boolean whole = parts.length >= 2
                && path.length() <= PATH_LENGTH_MAX
                && Arrays.stream(parts).noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
        return whole ? Optional.of(path) : Optional.empty();
    }

    private static String trimmed(String path) {
        return path.replaceFirst("/+$", "");
    }

    private static Optional<URI> parse(String url) {
        try {
            return Optional.of(new URI(url)).filter(parsed -> parsed.getScheme() != null);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
