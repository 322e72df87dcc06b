package io.fairlead.forge.git;

import java.util.List;

/**
 * Something was pushed: references of a project moved.
 *
 * @param options what the client said by {@code git push -o}, of what GitLab knows; {@link PushOptions#COUNT_MAX} at most
 */
public record PushEvent(
        long projectId, String fullPath, Pusher pusher, List<Update> updates, List<PushOption> options) {
    /** One reference that moved; an id of zeros stands for "did not exist" or "exists no more". */
    public record Update(String ref, String before, String after) {}
}
