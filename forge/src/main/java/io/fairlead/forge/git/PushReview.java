package io.fairlead.forge.git;

import java.util.List;

/**
 * Looks at what was pushed, on the pusher's own thread, after the references moved and before anybody else is told. It
 * refuses nothing; what it says is shown to the person who pushes.
 */
public interface PushReview {
    /** Must return soon and not throw. The lines are short and of printable ASCII, for they go to terminals and into headers. */
    List<String> pushed(PushEvent event);
}
