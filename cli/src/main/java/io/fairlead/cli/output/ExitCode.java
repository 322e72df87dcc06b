package io.fairlead.cli.output;

/** How a command ends, for scripts; docs/cli.md lists the same. */
public enum ExitCode {
    OK(0),
    /** Something went wrong that no other code names. */
    FAILED(1),
    /** Wrong options, or a configuration that cannot be used. */
    USAGE(2),
    /** The project, agent or token does not exist, or may not be seen. */
    NOT_FOUND(3),
    /** The token is missing, wrong, expired or not allowed to do this. */
    REFUSED(4),
    /** No server answers at the address. */
    UNREACHABLE(5),
    /** It exists already. */
    EXISTS(6);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
