package io.fairlead.gitlab.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How kas reaches the Gitaly that holds a project's repository.
 *
 * @param address as GitLab gives it: {@code tcp://}, {@code tls://}, {@code unix:} or {@code dns:}
 * @param token the shared secret of Gitaly, empty when it asks for none
 * @param features copied into the metadata of each call as they stand
 */
public record GitalyInfo(String address, String token, Map<String, String> features) {
    public GitalyInfo(@Nullable String address, @Nullable String token, @Nullable Map<String, String> features) {
        this.address = Required.text("gitaly_info.address", address);
        this.token = token == null ? "" : token;
        this.features = features == null ? Map.of() : Map.copyOf(features);
    }

    @Override
    public String toString() {
        return "GitalyInfo[address=" + address + ", token=***, features=" + features.keySet() + "]";
    }
}
