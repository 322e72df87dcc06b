package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.gitlab.api.GitLabClientConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The keys below {@code gitlab}: where the GitLab side (our forge or a real GitLab) is.
 *
 * @param address base URL of its API
 * @param secretFile the secret shared with it, Base64
 * @param caFile certificates to trust for it beside the usual ones
 * @param externalUrl where people reach it; pages of this origin may use the Kubernetes proxy
 * @param callsPerSecond refill of the limit on calls to it
 * @param callsAtOnce size of that limit's bucket
 */
public record GitLabConfig(
        URI address,
        Path secretFile,
        Optional<Path> caFile,
        Optional<URI> externalUrl,
        double callsPerSecond,
        int callsAtOnce) {
    private static final Set<String> HTTP = Set.of("http", "https");
    private static final URI UNSET = URI.create("http://unset.invalid");
    private static final int CALLS_AT_ONCE_MAX = 1_000_000;

    /** A GitLab side reached on this machine, with the usual limits. */
    public static GitLabConfig local(URI address, Path secretFile, URI externalUrl) {
        return new GitLabConfig(
                address,
                secretFile,
                Optional.empty(),
                Optional.of(externalUrl),
                GitLabClientConfig.CALLS_PER_SECOND,
                GitLabClientConfig.CALLS_AT_ONCE);
    }

    static GitLabConfig read(ConfigSection section) {
        ConfigSection limit = section.section("api_rate_limit");
        return new GitLabConfig(
                section.requiredUrl("address", HTTP).orElse(UNSET),
                section.path("authentication_secret_file", true).orElse(Path.of("")),
                section.path("ca_certificate_file", false),
                section.baseUrl("external_url", HTTP),
                limit.positive("refill_rate_per_second", GitLabClientConfig.CALLS_PER_SECOND),
                limit.integer("bucket_size", GitLabClientConfig.CALLS_AT_ONCE, 1, CALLS_AT_ONCE_MAX));
    }
}
