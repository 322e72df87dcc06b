package io.fairlead.base.log;

/** How a line looks: for machines or for a person at a terminal. */
public enum LogFormat {
    JSON,
    TEXT;

    /** Text when standard error is a terminal, else JSON. */
    public static LogFormat automatic() {
        // A console exists only when both ends are a terminal, and there is no portable way to ask for one end alone.
        return System.console() != null && System.console().isTerminal() ? TEXT : JSON;
    }
}
