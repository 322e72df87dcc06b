package io.fairlead.forge.git;

/** Who moves references: a person, or a machine with a deploy key. */
public sealed interface Pusher {
    /** As it is written into the record of a change. */
    String name();

    record Person(long userId, String username, boolean admin) implements Pusher {
        @Override
        public String name() {
            return username;
        }
    }

    /** @param title the deploy key's */
    record Machine(long deployKeyId, String title) implements Pusher {
        @Override
        public String name() {
            return title;
        }
    }
}
