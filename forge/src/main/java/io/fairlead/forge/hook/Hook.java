package io.fairlead.forge.hook;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a project tells to whom.
 *
 * @param token shown to the other side with each call
 * @param branchFilter pushes to branches that match it alone, {@code *} for anything; empty for all
 * @param failures calls that failed since the last that did not
 * @param disabledUntil when the next call is tried, while it is not
 */
public record Hook(
        long id,
        long projectId,
        Settings settings,
        int failures,
        @Nullable Instant disabledUntil,
        Instant createdAt) {
    /** From so many failures on a hook rests between calls, and from so many it is not called any more. GitLab's numbers. */
    static final int FAILURES_REST = 4;

    static final int FAILURES_END = 40;
    private static final Duration REST_MIN = Duration.ofMinutes(1);
    private static final Duration REST_MAX = Duration.ofDays(1);

    /** What people say about a hook. */
    public record Settings(
            URI url,
            Optional<String> token,
            Optional<SigningKey> signingKey,
            @Nullable String name,
            @Nullable String description,
            boolean onPush,
            boolean onTag,
            boolean onDeployment,
            String branchFilter) {
        /** The address, the token and the key are secrets of whoever is called. */
        @Override
        public String toString() {
            return "Settings[name=" + name + "]";
        }
    }

    /** Whether it may be called now. */
    enum Alert {
        EXECUTABLE,
        TEMPORARILY_DISABLED,
        DISABLED;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    Alert alert(Instant now) {
        if (failures >= FAILURES_END) {
            return Alert.DISABLED;
        }
        return disabledUntil != null && now.isBefore(disabledUntil) ? Alert.TEMPORARILY_DISABLED : Alert.EXECUTABLE;
    }

    /** How long a hook rests after its {@code failures}th failure in a row; nothing while they are few. */
    static Optional<Duration> rest(int failures) {
        if (failures < FAILURES_REST) {
            return Optional.empty();
        }
        Duration rest = REST_MIN.multipliedBy(1L << Math.min(failures - FAILURES_REST, 20));
        return Optional.of(rest.compareTo(REST_MAX) > 0 ? REST_MAX : rest);
    }

    /** Whether pushes to a branch are told; {@code *} in the filter stands for any text. */
    boolean tells(String branch) {
        String filter = settings.branchFilter;
        return filter.isEmpty() || matches(filter, branch);
    }

    private static boolean matches(String filter, String text) {
        int at = 0;
        int in = 0;
        int star = -1;
        int marked = 0;
        while (in < text.length()) {
            if (at < filter.length() && filter.charAt(at) == '*') {
                star = at++;
                marked = in;
            } else if (at < filter.length() && filter.charAt(at) == text.charAt(in)) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++marked;
            } else {
                return false;
            }
        }
        while (at < filter.length() && filter.charAt(at) == '*') {
            at++;
        }
        return at == filter.length();
    }
}
