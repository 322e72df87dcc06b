package io.fairlead.testing.property;

import java.util.random.RandomGenerator;

/**
 * Tries a statement on many random cases, for tests of parsers and state machines.
 *
 * <p>Each run of the tests takes a new seed, one for all properties, so that runs add up; a test that is repeated in the
 * same run meets the same cases. A failure names the seed; {@code -Dfairlead.property.seed=SEED} brings its cases back,
 * {@code -Dfairlead.property.cases=N} tries more or fewer.
 */
public final class Property {
    private static final String SEED = "fairlead.property.seed";
    private static final String CASES = "fairlead.property.cases";

    /** How many cases are tried where a test names no number. */
    public static final int CASES_DEFAULT = 1_000;

    private static final long RUN_SEED =
            Long.getLong(SEED, RandomGenerator.getDefault().nextLong());

    private Property() {}

    /** A statement about one case; it fails by throwing. */
    @FunctionalInterface
    public interface Statement {
        void check(RandomCase any) throws Exception;
    }

    /** Tries {@link #CASES_DEFAULT} cases. */
    public static void holds(Statement statement) {
        holds(CASES_DEFAULT, statement);
    }

    /** Tries {@code cases} cases; an {@link AssertionError} tells the first for which the statement is wrong. */
    public static void holds(int cases, Statement statement) {
        holds(RUN_SEED, Integer.getInteger(CASES, cases), statement);
    }

    static void holds(long seed, int cases, Statement statement) {
        for (int i = 0; i < cases; i++) {
            RandomCase any = new RandomCase(mix(seed, i));
            try {
                statement.check(any);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted in case " + i, e);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "case " + i + " of " + cases + " fails; again with -D" + SEED + "=" + seed + "; drawn: "
                                + any.drawn() + "\n" + e.getMessage(),
                        e);
            }
        }
    }

    /** Neighbouring seeds of java.util.Random begin alike; this is SplitMix64's way to part them. */
    private static long mix(long seed, int index) {
        long z = seed + index * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
