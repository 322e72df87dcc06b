package io.fairlead.apps.forge;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.lifecycle.Stages;
import io.fairlead.base.metrics.ObservabilityListener;
import io.fairlead.base.metrics.ProcessMetrics;
import io.fairlead.base.metrics.Readiness;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.base.version.Version;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A forge as a process of its own: metrics and probes, then the forge. */
final class ForgeServer implements Stage {
    private static final String READY_PART = "forge";

    private final ForgeProcessConfig config;
    private final Readiness readiness = new Readiness(READY_PART);
    private final ObservabilityListener observability;
    private final Stages stages = new Stages();
    private @Nullable ReadyFile ready;

    ForgeServer(ForgeProcessConfig config) {
        this.config = config;
        PrometheusRegistry registry = new PrometheusRegistry();
        Version version = Version.current();
        ProcessMetrics.register(registry, version);
        observability = new ObservabilityListener(
                config.observability().listener(),
                Optional.empty(),
                registry,
                readiness,
                version.product("fairlead-forge"));
    }

    @Override
    public void start() throws Exception {
        stages.startNow("metrics and probes", observability);
        ForgeConfig told = config.forge();
        ForgeApp forge = stages.startNow("forge", new ForgeApp(told));
        readiness.ready(READY_PART);
        ready = new ReadyFile(
                config.externalUrl().map(URI::toString),
                Optional.of("http://" + Addresses.reachable(forge.httpAddress())),
                Optional.of(told.kas().url().toString()),
                Optional.of(told.kas().proxyUrl().toString()),
                Optional.empty(),
                Optional.of("http://" + Addresses.reachable(observability.address())),
                Optional.empty(),
                Optional.of(forge.adminTokenFile().toAbsolutePath().toString()));
    }

    /** Where everything is; after {@link #start}. */
    ReadyFile ready() {
        ReadyFile known = ready;
        if (known == null) {
            throw new IllegalStateException("the forge was not started");
        }
        return known;
    }

    @Override
    public void close() {
        stages.close();
    }
}
