package io.fairlead.wire.grpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells long streams of one incoming connection that it is time to end. Services that hold idle streams register when a
 * stream starts and complete it with OK when they are told; streams with work in progress finish it first.
 *
 * <p>It also remembers the credential last shown on the connection, for what is to be done once for each connection, and
 * whether one was found good: a listener may end connections that show none.
 *
 * <p>States: living, then ended (age reached, or the listener drains). What is registered after the end is told at once.
 * One timer per connection, whatever the number of its streams.
 */
public final class ConnectionLife {
    /** A stream's wish to be told. */
    @FunctionalInterface
    public interface Registration {
        /** Takes the wish back; to be called when the stream has ended otherwise. */
        void cancel();
    }

    static final Attributes.Key<ConnectionLife> ATTRIBUTE = Attributes.Key.create("fairlead.connection-life");

    private static final Context.Key<ConnectionLife> CONTEXT =
            Context.keyWithDefault("fairlead.connection-life", new ConnectionLife(true));

    private final Set<Listener> waiting = new LinkedHashSet<>();
    private final boolean endless;
    private boolean ended;
    private volatile @Nullable Object credential;
    private volatile @Nullable Object trusted;
    private @Nullable Object asked;
    private Runnable askAgain = () -> {};

    ConnectionLife() {
        this(false);
    }

    private ConnectionLife(boolean endless) {
        this.endless = endless;
    }

    /** Not a record: two wishes with one action are still two. */
    private static final class Listener {
        private final Runnable told;

        Listener(Runnable told) {
            this.told = told;
        }
    }

    /** The life of the connection that carries {@code call}; an endless one for a call within the process. */
    public static ConnectionLife of(ServerCall<?, ?> call) {
        ConnectionLife life = call.getAttributes().get(ATTRIBUTE);
        return life == null ? CONTEXT.get() : life;
    }

    /**
     * The life of the connection that carries the call whose context is current; an endless one elsewhere. Needs {@link
     * #interceptor} before the service.
     */
    public static ConnectionLife current() {
        return CONTEXT.get();
    }

    /** Makes {@link #current} work in services that never see their {@link ServerCall}. */
    public static ServerInterceptor interceptor() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                return Contexts.interceptCall(Context.current().withValue(CONTEXT, of(call)), call, headers, next);
            }
        };
    }

    /**
     * Has {@code told} run once when streams should end, on the connection's event loop; at once on the caller's thread
     * if that moment has passed. It must not block.
     */
    public Registration onStreamsShouldEnd(Runnable told) {
        if (endless) {
            return () -> {};
        }
        Listener listener = new Listener(told);
        synchronized (waiting) {
            if (!ended) {
                waiting.add(listener);
                return () -> forget(listener);
            }
        }
        told.run();
        return () -> {};
    }

    /** Whether {@code shown} is the credential remembered last; never for a call within the process. */
    public boolean hasSeen(Object shown) {
        return shown.equals(credential);
    }

    /** Remembers {@code shown} instead of what was shown before. */
    public void remember(Object shown) {
        if (!endless) {
            credential = shown;
        }
    }

    /** Whose a connection is, as far as is known. */
    enum Standing {
        /** Nothing that it showed was good. */
        STRANGER,
        /** Whether what it showed is good cannot be found out yet. */
        UNDECIDED,
        /** It showed a good credential. */
        TRUSTED
    }

    /** Whether {@code shown} is the credential that was found good last; always for a call within the process. */
    public boolean trusts(Object shown) {
        return endless || shown.equals(trusted);
    }

    /**
     * Notes that whether {@code shown} is good is being found out.
     *
     * @param again asks once more; run while there is no answer
     * @return false when that is being found out already
     */
    public boolean asks(Object shown, Runnable again) {
        synchronized (waiting) {
            if (shown.equals(asked)) {
                return false;
            }
            asked = shown;
            askAgain = again;
            return true;
        }
    }

    /** {@code shown} is good. */
    public void trust(Object shown) {
        synchronized (waiting) {
            trusted = shown;
            answered(shown);
        }
    }

    /** {@code shown} is not good. */
    public void distrust(Object shown) {
        synchronized (waiting) {
            if (shown.equals(trusted)) {
                trusted = null;
            }
            answered(shown);
        }
    }

    private void answered(Object shown) {
        if (shown.equals(asked)) {
            asked = null;
            askAgain = () -> {};
        }
    }

    /** Whose the connection is now. */
    Standing standing() {
        synchronized (waiting) {
            return trusted != null ? Standing.TRUSTED : asked != null ? Standing.UNDECIDED : Standing.STRANGER;
        }
    }

    /** Has an open question asked once more. */
    void askAgain() {
        Runnable again;
        synchronized (waiting) {
            again = askAgain;
        }
        again.run();
    }

    /** Tells all that wait; later calls do nothing. */
    void end() {
        List<Listener> all;
        synchronized (waiting) {
            ended = true;
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        all.forEach(listener -> listener.told.run());
    }

    private void forget(Listener listener) {
        synchronized (waiting) {
            waiting.remove(listener);
        }
    }
}
