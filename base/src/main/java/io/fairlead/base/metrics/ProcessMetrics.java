package io.fairlead.base.metrics;

import io.fairlead.base.version.Version;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** What every process says about itself: memory, processor time, descriptors, heap, and which build it is. */
public final class ProcessMetrics {
    private static final double BYTES_PER_KB = 1024;

    private ProcessMetrics() {}

    /** Registers them; values are read when they are asked for. */
    public static void register(PrometheusRegistry registry, Version version) {
        gauge(registry, "process_resident_memory_bytes", "Resident memory.", ProcessMetrics::residentBytes);
        gauge(registry, "process_open_fds", "Open file descriptors.", ProcessMetrics::openDescriptors);
        gauge(registry, "jvm_heap_used_bytes", "Heap in use, with garbage not yet collected.", () -> {
            Runtime runtime = Runtime.getRuntime();
            return (double) (runtime.totalMemory() - runtime.freeMemory());
        });
        CounterWithCallback.builder()
                .name("process_cpu_seconds_total")
                .help("Processor time, user and system.")
                .callback(callback -> callback.call(cpuSeconds()))
                .register(registry);
        Info.builder()
                .name("fairlead_build_info")
                .help("The running build.")
                .labelNames("version", "commit")
                .register(registry)
                .setLabelValues(version.number(), version.commit());
    }

    /** Resident memory of this process in bytes, or 0 where the system does not tell. */
    static double residentBytes() {
        try {
            Optional<String> line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(text -> text.startsWith("VmRSS:"))
                    .findFirst();
            return line.map(text -> Double.parseDouble(text.replaceAll("[^0-9]", "")) * BYTES_PER_KB)
                    .orElse(0.0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static double openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        return names == null ? 0 : names.length;
    }

    private static double cpuSeconds() {
        Duration used = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return (double) used.toMillis() / 1000;
    }

    private static void gauge(PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }
}
