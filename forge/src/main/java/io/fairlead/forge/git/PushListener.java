package io.fairlead.forge.git;

/** Is told about pushes, on the pusher's own thread, after the references moved and before the client has its answer. */
public interface PushListener {
    /** Must return soon and not throw: what takes long or may fail is handed to another thread. */
    void pushed(PushEvent event);
}
