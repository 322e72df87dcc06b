package io.fairlead.bench;

/**
 * How long the bench takes its time.
 *
 * @param runs of each kind
 * @param seconds of each run
 * @param warmUpSeconds before the first
 * @param revocations how many rights are ended
 */
record Scale(int runs, double seconds, double warmUpSeconds, int revocations) {
    static final Scale FULL = new Scale(5, 5, 20, 1_000);
    static final Scale QUICK = new Scale(3, 3, 16, 100);
}
