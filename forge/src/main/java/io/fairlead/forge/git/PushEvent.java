package io.fairlead.forge.git;

import java.util.List;

/** Something was pushed: references of a project moved. */
public record PushEvent(long projectId, String fullPath, Pusher pusher, List<Update> updates) {
    /** One reference that moved; an id of zeros stands for "did not exist" or "exists no more". */
    public record Update(String ref, String before, String after) {}
}
