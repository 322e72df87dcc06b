package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The keys below {@code api.listen}: where the GitLab side calls kas.
 *
 * @param listen where it connects
 * @param secretFile the secret its calls are signed with, Base64
 * @param connectionAgeMax how old a connection may grow
 */
public record ApiConfig(ListenConfig listen, Path secretFile, Duration connectionAgeMax) {
    static ApiConfig read(ConfigSection section) {
        ConfigSection listen = section.section("listen");
        listen.unused("listen_grace_period", "this listener has agent.listen's");
        return new ApiConfig(
                ListenConfig.read(listen, "127.0.0.1:8153"),
                listen.path("authentication_secret_file", true).orElse(Path.of("")),
                listen.duration("max_connection_age", Duration.ofHours(2), Duration.ofSeconds(1)));
    }
}
