package io.fairlead.gitlab.gitaly;

import io.fairlead.gitlab.api.RequestLimit;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One connection and one limit for each Gitaly address; the least recently used goes when there are too many. */
final class GitalyChannels implements AutoCloseable {
    /** GitLab's largest installations have some tens of Gitaly servers. */
    static final int ADDRESSES_MAX = 200;

    private static final int IDLE_MINUTES = 5;

    record Target(ManagedChannel channel, RequestLimit limit) {}

    private final Optional<Path> caFile;
    private final String userAgent;
    private final Executor executor;
    private final Supplier<RequestLimit> limits;
    private final Map<String, Target> targets = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    GitalyChannels(Optional<Path> caFile, String userAgent, Executor executor, Supplier<RequestLimit> limits) {
        this.caFile = caFile;
        this.userAgent = userAgent;
        this.executor = executor;
        this.limits = limits;
    }

    synchronized Target to(String address) {
        if (closed) {
            throw new GitalyException(GitalyException.UNAVAILABLE, "kas is stopping", null);
        }
        Target known = targets.get(address);
        if (known != null) {
            return known;
        }
        Target target = new Target(open(address), limits.get());
        targets.put(address, target);
        if (targets.size() > ADDRESSES_MAX) {
            var eldest = targets.entrySet().iterator();
            // Calls under way finish; new ones to that address open a new channel.
            eldest.next().getValue().channel().shutdown();
            eldest.remove();
        }
        return target;
    }

    private ManagedChannel open(String address) {
        boolean tls = address.startsWith("tls:");
        return Grpc.newChannelBuilder(target(address), credentials(tls))
                .userAgent(userAgent)
                .executor(executor)
                .idleTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
                .build();
    }

    /** GitLab writes {@code tcp://host:port} and {@code tls://host:port}; gRPC knows these as dns names. */
    static String target(String address) {
        if (address.startsWith("tcp://") || address.startsWith("tls://")) {
            return "dns:///" + address.substring("tcp://".length());
        }
        if (address.startsWith("unix:") || address.startsWith("dns:")) {
            return address;
        }
        throw new GitalyException(
                GitalyException.UNAVAILABLE,
                "the Gitaly address " + address + " from GitLab is none of tcp://, tls://, unix:, dns:; "
                        + "check gitaly_address in GitLab's storage settings",
                null);
    }

    private ChannelCredentials credentials(boolean tls) {
        if (!tls) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        if (caFile.isPresent()) {
            File file = caFile.get().toFile();
            try {
                builder.trustManager(file);
            } catch (IOException e) {
                throw new GitalyException(
                        GitalyException.UNAVAILABLE, "the CA file " + file + " for Gitaly cannot be read", e);
            }
        }
        return builder.build();
    }

    @Override
    public synchronized void close() {
        closed = true;
        targets.values().forEach(target -> target.channel().shutdownNow());
        targets.clear();
    }
}
