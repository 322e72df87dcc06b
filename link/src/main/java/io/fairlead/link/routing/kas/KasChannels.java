package io.fairlead.link.routing.kas;

import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.link.identity.BearerToken;
import io.fairlead.link.routing.KasPlace;
import io.fairlead.link.routing.OtherKas;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to each other kas, made when it is first needed and closed when that kas is gone and its last call has
 * ended. Each call shows a JWT of its own, made for it.
 */
public final class KasChannels implements OtherKas, AutoCloseable {
    /** A connection; {@code close} ends it and may be called on an event loop. */
    public interface Connection {
        Channel channel();

        void close();
    }

    private static final class Open {
        final Connection connection;
        int calls;

        Open(Connection connection) {
            this.connection = connection;
        }
    }

    private final Function<URI, Connection> connect;
    private final KasJwt jwt;
    private final Supplier<List<KasPlace>> others;
    private final Map<URI, Open> connections = new LinkedHashMap<>();
    private boolean closed;

    /** @param others those that are alive now */
    public KasChannels(Function<URI, Connection> connect, KasJwt jwt, Supplier<List<KasPlace>> others) {
        this.connect = connect;
        this.jwt = jwt;
        this.others = others;
    }

    /** The way to a kas, alive or not. */
    public Channel to(KasPlace place) {
        Open open;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("kas is stopping");
            }
            open = connections.computeIfAbsent(place.url(), url -> new Open(connect.apply(url)));
        }
        return ClientInterceptors.intercept(open.connection.channel(), new Calls(place.url(), open));
    }

    @Override
    public List<Channel> channels() {
        return others.get().stream().map(this::to).toList();
    }

    /** Connects to those that came, before they are needed, and closes what leads to nobody any more and is not used. */
    public void follow() {
        synchronized (this) {
            if (closed) {
                return;
            }
            others.get()
                    .forEach(place -> connections.computeIfAbsent(place.url(), url -> new Open(connect.apply(url))));
        }
        closeUnused();
    }

    private void closeUnused() {
        Set<URI> alive = new HashSet<>();
        others.get().forEach(place -> alive.add(place.url()));
        List<Open> unused;
        synchronized (this) {
            unused = connections.entrySet().stream()
                    .filter(entry -> entry.getValue().calls == 0 && !alive.contains(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
            connections.values().removeAll(unused);
        }
        unused.forEach(open -> open.connection.close());
    }

    @Override
    public void close() {
        List<Open> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(connections.values());
            connections.clear();
        }
        all.forEach(open -> open.connection.close());
    }

    private void began(Open open) {
        synchronized (this) {
            open.calls++;
        }
    }

    private void ended(URI url, Open open) {
        boolean last;
        synchronized (this) {
            open.calls--;
            last = open.calls == 0;
        }
        if (last && others.get().stream().noneMatch(place -> place.url().equals(url))) {
            closeUnused();
        }
    }

    /** Counts calls and signs each. */
    private final class Calls implements ClientInterceptor {
        private final URI url;
        private final Open open;

        Calls(URI url, Open open) {
            this.url = url;
            this.open = open;
        }

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    BearerToken.put(headers, jwt.fromKasToKas());
                    began(open);
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onClose(Status status, @Nullable Metadata trailers) {
                                    ended(url, open);
                                    super.onClose(status, trailers);
                                }
                            },
                            headers);
                }
            };
        }
    }
}
