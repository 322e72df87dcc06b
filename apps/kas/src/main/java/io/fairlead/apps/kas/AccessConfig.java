package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import java.time.Duration;

/**
 * The keys below {@code agent.access}: how long GitLab's word on who may do what holds while requests run. GitLab's kas has no
 * such keys.
 *
 * @param askAgainPeriod how often it is asked about running requests though it told of no change
 * @param unreachableMax how long it may be out of reach before nobody is let in and who is in is cut off
 */
public record AccessConfig(Duration askAgainPeriod, Duration unreachableMax) {
    static final AccessConfig DEFAULT = new AccessConfig(Duration.ofSeconds(60), Duration.ofSeconds(60));

    static AccessConfig read(ConfigSection section) {
        Duration second = Duration.ofSeconds(1);
        return new AccessConfig(
                section.duration("ask_again_period", DEFAULT.askAgainPeriod, second),
                section.duration("unreachable_max", DEFAULT.unreachableMax, Duration.ofSeconds(5)));
    }
}
