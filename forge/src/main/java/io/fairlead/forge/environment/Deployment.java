package io.fairlead.forge.environment;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One deployment to an environment. {@code iid} counts from 1 in each project. */
public record Deployment(
        long id,
        long projectId,
        long iid,
        Environment environment,
        String ref,
        String sha,
        boolean tag,
        Status status,
        long userId,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {
    /**
     * Where a deployment stands. From {@code created} it may begin to run; from anything it may become another of
     * {@code success}, {@code failed} and {@code canceled}. Nothing leads to what it is already.
     */
    public enum Status {
        CREATED,
        RUNNING,
        SUCCESS,
        FAILED,
        CANCELED,
        SKIPPED,
        BLOCKED;

        /** Those that a request may ask for. */
        static final List<String> SETTABLE = List.of("running", "success", "failed", "canceled");

        static final List<String> ALL =
                Arrays.stream(values()).map(Status::text).toList();

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        boolean leadsTo(Status next) {
            return switch (next) {
                case RUNNING -> this == CREATED;
                case SUCCESS, FAILED, CANCELED -> this != next;
                case CREATED, SKIPPED, BLOCKED -> false;
            };
        }

        boolean ended() {
            return switch (this) {
                case SUCCESS, FAILED, CANCELED, SKIPPED -> true;
                case CREATED, RUNNING, BLOCKED -> false;
            };
        }
    }

    /** What a request says about a new one. */
    record Draft(long projectId, String environment, String ref, String sha, boolean tag, Status status, long userId) {}
}
