package io.fairlead.cli.agent;

import io.fairlead.base.ready.ReadyFile;
import io.fairlead.cli.forge.ForgeApi;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Where kas is: the ready file of the server on this machine says so, any other server when it is asked. */
public final class KasAddresses {
    private KasAddresses() {}

    /** The address for kubectl. */
    public static String proxy(ForgeApi api) {
        return api.location()
                .ready()
                .flatMap(ReadyFile::k8sProxyUrl)
                .or(() -> metadata(api, "externalK8sProxyUrl"))
                .orElse(api.location().url() + "/-/kubernetes-agent/k8s-proxy");
    }

    /** The address for agents. */
    static String agents(ForgeApi api) {
        return api.location()
                .ready()
                .flatMap(ReadyFile::kasUrl)
                .or(() -> metadata(api, "externalUrl"))
                .orElse(api.location().url().toString().replaceFirst("^http", "ws") + "/-/kubernetes-agent/");
    }

    private static Optional<String> metadata(ForgeApi api, String member) {
        JsonNode value =
                api.get("/metadata", "the server's addresses").path("kas").path(member);
        return value.isString() && !value.asString().isEmpty() ? Optional.of(value.asString()) : Optional.empty();
    }
}
