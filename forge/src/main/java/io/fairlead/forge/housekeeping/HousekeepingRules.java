package io.fairlead.forge.housekeeping;

import java.time.Duration;

/**
 * When a repository's turn comes.
 *
 * @param quiet for how long nobody must have pushed
 * @param busyMax it is tidied after this time though people push all the while
 * @param between from one run for a repository to its next
 * @param looseMax loose objects that are left as they are
 * @param packsMax packs that are left as they are: each is looked into when an object is looked for
 * @param lookPeriod how often it is looked whose turn has come
 */
public record HousekeepingRules(
        Duration quiet, Duration busyMax, Duration between, long looseMax, long packsMax, Duration lookPeriod) {
    public static final HousekeepingRules DEFAULT = new HousekeepingRules(
            Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(1), 2_000, 20, Duration.ofSeconds(15));
}
