package io.fairlead.base.lifecycle;

/** One part of a process that is started once and closed once. Constructors do no work; {@link #start} does. */
public interface Stage extends AutoCloseable {
    /** Begins to work and returns when the part is usable. */
    void start() throws Exception;

    /** Stops, waiting no longer than the part's own documented bound. May be called after a failed start. */
    @Override
    void close() throws Exception;

    /** A part that runs as soon as it is made and must only be closed. */
    static Stage closing(AutoCloseable running) {
        return new Stage() {
            @Override
            public void start() {}

            @Override
            public void close() throws Exception {
                running.close();
            }
        };
    }
}
