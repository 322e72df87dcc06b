package io.fairlead.link.configuration.kas;

import java.time.Duration;

/**
 * How kas reads configurations.
 *
 * @param pollPeriod between two looks at a project, when no push is reported
 * @param fileBytesMax a larger file is refused
 * @param gitlabExternalUrl passed to agents as it stands; empty when not set
 */
public record ConfigurationConfig(Duration pollPeriod, int fileBytesMax, String gitlabExternalUrl) {
    /** kas 16.5: 300 s and 128 KiB. */
    public static final Duration POLL_PERIOD = Duration.ofMinutes(5);

    public static final int FILE_BYTES_MAX = 131_072;

    public static ConfigurationConfig of(String gitlabExternalUrl) {
        return new ConfigurationConfig(POLL_PERIOD, FILE_BYTES_MAX, gitlabExternalUrl);
    }
}
