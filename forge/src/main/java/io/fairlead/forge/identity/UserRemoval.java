package io.fairlead.forge.identity;

import java.util.List;

/** Removes an account with all that was its person's alone. What they did elsewhere stays, as a ghost's. */
public interface UserRemoval {
    /** The full paths of the groups that would be left without an owner. */
    List<String> onlyOwnerOf(long userId);

    void remove(User user);
}
