package io.fairlead.bench;

/**
 * How long the bench takes its time.
 *
 * @param runs of each kind
 * @param seconds of each run
 * @param warmUpSeconds before the first
 */
record Scale(int runs, double seconds, double warmUpSeconds) {
    static final Scale FULL = new Scale(5, 5, 20);
    static final Scale QUICK = new Scale(3, 3, 16);
}
