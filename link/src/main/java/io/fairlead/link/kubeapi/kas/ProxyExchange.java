package io.fairlead.link.kubeapi.kas;

import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.link.kubeapi.KubernetesApi;
import io.fairlead.link.kubeapi.RequestTarget;
import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.kubeapi.rpc.HttpFrame;
import io.fairlead.link.kubeapi.rpc.HttpFrames;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.link.tunnel.kas.NoTunnel;
import io.fairlead.link.tunnel.kas.TunnelCall;
import io.fairlead.link.tunnel.kas.TunnelListener;
import io.fairlead.link.tunnel.kas.TunnelWaiter;
import io.fairlead.link.tunnel.kas.Tunnels;
import io.fairlead.wire.grpc.StreamOrder;
import io.fairlead.wire.http.ExchangeListener;
import io.fairlead.wire.http.HttpExchange;
import io.fairlead.wire.http.RequestHead;
import io.fairlead.wire.http.ResponseHead;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request through a tunnel and its answer back.
 *
 * <p>States: <b>deciding</b> (who is this) → <b>waiting</b> (for a tunnel stream) → <b>sent</b> (the head is with the agent;
 * the body follows as the tunnel takes it) → <b>answering</b> (the head of the answer is with the client) or <b>raw</b>
 * (101: bytes both ways) → <b>over</b>. A refusal or failure before answering is a Status object; after it the client's
 * connection is broken, so that half an answer never looks whole. The client may leave at any moment: the agent is told.
 *
 * <p>All state belongs to the client connection's event loop; what the tunnel says is moved there first.
 */
final class ProxyExchange implements ExchangeListener, TunnelListener, TunnelWaiter, LiveRequest.Holder {
    private static final Logger log = LoggerFactory.getLogger(ProxyExchange.class);
    private static final Status NO_ANSWER =
            Status.UNAVAILABLE.withDescription("it ended the request without a whole answer");

    private enum State {
        DECIDING,
        WAITING,
        SENT,
        ANSWERING,
        RAW,
        OVER
    }

    private final KubernetesApiProxy proxy;
    private final HttpExchange exchange;
    private final String traceId;
    private final OwnAnswers own;
    private final RequestRecord record;
    private State state = State.DECIDING;
    private @Nullable RequestTarget target;
    private @Nullable ForwardedFields fields;
    private long agentId;
    private Optional<String> agentName = Optional.empty();
    private Optional<Impersonation> impersonation = Optional.empty();
    private @Nullable LiveRequest live;
    private RequestShares.@Nullable Place place;
    private Tunnels.@Nullable Waiting waiting;
    private @Nullable TunnelCall tunnel;
    private @Nullable ResponseHead switching;
    private @Nullable WebSocketFrames frames;
    private StreamOrder.Position position = HttpFrames.RESPONSE_ORDER.start();
    private boolean bodyEnded;
    private boolean answerHeld;

    ProxyExchange(KubernetesApiProxy proxy, HttpExchange exchange, String traceId) {
        this.proxy = proxy;
        this.exchange = exchange;
        this.traceId = traceId;
        record = new RequestRecord(proxy.audit(), exchange.request(), traceId);
        own = new OwnAnswers(exchange, proxy.cors(), proxy.product(), traceId);
    }

    // Deciding.

    void begin(RequestTarget parsed, ForwardedFields sorted, ProxyCredential credential) {
        fields = sorted;
        // What a browser says in the query because it cannot set headers is for us, not for the cluster.
        target =
                credential instanceof ProxyCredential.Session ? parsed.without(CredentialReader.SESSION_QUERY) : parsed;
        agentId = credential.agentId();
        record.asked(parsed, credential);
        if (refusedForAll()) {
            return;
        }
        live = proxy.live().live(this, proxy.access(), credential, exchange);
        live.begin();
    }

    /** Nobody is let in while GitLab has been out of reach for too long. */
    private boolean refusedForAll() {
        Optional<Refusal> refusal = proxy.live().refusalOfAll();
        refusal.ifPresent(this::refuse);
        return refusal.isPresent();
    }

    @Override
    public void decided(ProxyDecision decision) {
        if (state != State.DECIDING || refusedForAll()) {
            return;
        }
        switch (decision) {
            case ProxyDecision.Refused(int status, String message) -> refuse(new Refusal(status, message));
            case ProxyDecision.Allowed allowed -> {
                agentId = allowed.agentId();
                record.granted(allowed);
                agentName = allowed.agentName();
                impersonation = allowed.impersonation();
                place = proxy.shares().take(agentId, allowed.who().userId()).orElse(null);
                if (place == null) {
                    refuse(Outage.shareUsedUp(proxy.shares().eachMax(), agentLabel()));
                } else {
                    state = State.WAITING;
                    acquire();
                }
            }
        }
    }

    // Waiting.

    private void acquire() {
        waiting = proxy.tunnels().acquire(agentId, KubernetesApi.SERVICE, KubernetesApi.METHOD, this);
    }

    @Override
    public void onTunnel(TunnelCall call) {
        inLoop(() -> send(call));
    }

    @Override
    public void onNoTunnel(NoTunnel reason) {
        inLoop(() -> fail(Outage.refusal(reason, agentLabel())));
    }

    /** The agent as a person knows it: by the name it last connected with, else by what the decision said. */
    private String agentLabel() {
        return proxy.tunnels()
                .agentName(agentId)
                .or(() -> agentName)
                .map(name -> "agent \"" + name + "\" (id " + agentId + ")")
                .orElse("agent " + agentId);
    }

    private void send(TunnelCall call) {
        RequestTarget sent = target;
        ForwardedFields travelling = fields;
        if (state != State.WAITING || sent == null || travelling == null) {
            call.giveBack();
            return;
        }
        boolean withRaw = call.announces(KubernetesApi.FAIRLEAD_SERVICE, KubernetesApi.RAW_TARGET);
        if (sent.ambiguous() && !withRaw) {
            call.giveBack();
            refuse(Refusal.badRequest(
                    "the path holds an encoded separator or the query cannot be read without loss, and"
                            + " this agent's version cannot be sent it as it is; upgrade agentk"));
            return;
        }
        if (!call.open(proxy.requestInfo(), this)) {
            acquire();
            return;
        }
        tunnel = call;
        state = State.SENT;
        RequestHead request = exchange.request();
        boolean upgrade = request.upgrade().isPresent();
        long length = ForwardedRequest.contentLength(request);
        call.send(HttpFrames.head(ForwardedRequest.head(request, sent, travelling, impersonation, length, withRaw)));
        if (upgrade || length == 0) {
            bodyEnded = true;
            call.send(HttpFrames.trailer());
            if (!upgrade) {
                call.halfClose();
            }
        } else {
            exchange.demand();
        }
        call.request(1);
    }

    // The client speaks.

    @Override
    public void onData(ByteBuf data) {
        TunnelCall call = tunnel;
        if (call == null || state == State.OVER) {
            data.release();
            return;
        }
        proxy.counters().toCluster(data.readableBytes());
        record.received(data.readableBytes());
        call.send(state == State.RAW ? HttpFrames.upgraded(data) : HttpFrames.data(data));
        if (call.ready()) {
            exchange.demand();
        }
    }

    @Override
    public void onTurn() {
        // Each piece was sent as it came.
    }

    @Override
    public void onDataEnd() {
        TunnelCall call = tunnel;
        if (call == null || state == State.OVER) {
            return;
        }
        if (state == State.RAW) {
            call.halfClose();
        } else if (!bodyEnded) {
            bodyEnded = true;
            call.send(HttpFrames.trailer());
            call.halfClose();
        }
    }

    @Override
    public void onBodyRefused(int status, String text) {
        if (state == State.OVER) {
            return;
        }
        if (tunnel != null) {
            tunnel.cancel(text);
        }
        if (state == State.ANSWERING || state == State.RAW) {
            breakOff();
        } else {
            refuse(new Refusal(status, text));
        }
    }

    @Override
    public void onWritable() {
        if (answerHeld && tunnel != null) {
            answerHeld = false;
            tunnel.request(1);
        }
    }

    @Override
    public void onGone(Throwable cause) {
        if (state == State.OVER) {
            return;
        }
        over();
        if (tunnel != null) {
            tunnel.cancel("the client closed the connection");
        }
    }

    // The agent speaks.

    @Override
    public void onReady() {
        inLoop(() -> {
            if (state != State.OVER && (state == State.RAW || !bodyEnded)) {
                exchange.demand();
            }
        });
    }

    @Override
    public void onMessage(ByteBuf message) {
        HttpFrame<Grpctool.HttpResponse.Header> frame;
        try {
            frame = HttpFrames.response(message);
        } catch (RuntimeException e) {
            String why = String.valueOf(Status.fromThrowable(e).getDescription());
            inLoop(() -> broken(why));
            return;
        }
        inLoop(() -> received(frame));
    }

    private void received(HttpFrame<Grpctool.HttpResponse.Header> frame) {
        TunnelCall call = tunnel;
        if (call == null || state == State.OVER) {
            HttpFrame.release(frame);
            return;
        }
        try {
            position = position.next(frame.field());
        } catch (StatusRuntimeException e) {
            HttpFrame.release(frame);
            broken(String.valueOf(e.getStatus().getDescription()));
            return;
        }
        switch (frame) {
            case HttpFrame.Head<Grpctool.HttpResponse.Header>(var header) -> {
                tryAnswer(() -> answer(header.getResponse()));
                call.request(1);
            }
            case HttpFrame.Data<?>(ByteBuf data) -> pass(call, data, state == State.ANSWERING);
            case HttpFrame.Upgraded<?>(ByteBuf data) -> pass(call, data, state == State.RAW);
            case HttpFrame.Trailer<?> trailer -> {
                ResponseHead agreed = switching;
                if (agreed != null) {
                    becomeRaw(agreed);
                } else if (state == State.ANSWERING) {
                    exchange.end();
                    over();
                    if (!bodyEnded) {
                        call.cancel("the cluster answered before it had the whole request");
                    }
                }
                call.request(1);
            }
        }
    }

    /** What an agent sends may hold what no HTTP answer can, such as a line end: nothing of the answer has begun then. */
    private void tryAnswer(Runnable answer) {
        try {
            answer.run();
        } catch (IllegalArgumentException e) {
            broken("it sent an answer that cannot be passed on: " + e.getMessage());
        }
    }

    private void answer(Prototool.HttpResponse answer) {
        boolean upgrade = exchange.request().upgrade().isPresent();
        if (answer.getStatusCode() == 101 && upgrade) {
            switching = ForwardedAnswer.upgrade(answer, proxy.cors().headers(exchange.request()), proxy.via());
            return;
        }
        if (state != State.SENT || answer.getStatusCode() == 101) {
            broken("it sent an answer out of turn");
            return;
        }
        ResponseHead head = ForwardedAnswer.head(answer, proxy.cors().headers(exchange.request()), proxy.via());
        state = State.ANSWERING;
        record.answered(answer.getStatusCode());
        if (upgrade) {
            // The client may already count on a stream here; nothing after this answer may be read as a request.
            head.headers().set("Connection", "close");
            if (tunnel != null) {
                tunnel.halfClose();
            }
        }
        exchange.respond(head);
    }

    private void becomeRaw(ResponseHead agreed) {
        switching = null;
        state = State.RAW;
        proxy.counters().upgradedOne();
        record.upgraded();
        if (exchange.request().upgrade().filter("websocket"::equalsIgnoreCase).isPresent()) {
            frames = new WebSocketFrames();
        }
        exchange.upgrade(agreed);
        exchange.demand();
    }

    private void pass(TunnelCall call, ByteBuf data, boolean expected) {
        if (!expected) {
            data.release();
            broken("it sent bytes out of turn");
            return;
        }
        proxy.counters().toClient(data.readableBytes());
        record.sent(data.readableBytes());
        if (frames != null) {
            frames.pass(data);
        }
        exchange.write(data);
        if (exchange.writable()) {
            call.request(1);
        } else {
            answerHeld = true;
        }
    }

    @Override
    public void onEnd(Status status) {
        inLoop(() -> ended(status));
    }

    private void ended(Status status) {
        switch (state) {
            case OVER -> {}
            case RAW -> {
                if (status.isOk()) {
                    exchange.end();
                    over();
                } else {
                    breakOff();
                }
            }
            case ANSWERING -> breakOff();
            case DECIDING, WAITING, SENT -> fail(Outage.refusal(status.isOk() ? NO_ANSWER : status));
        }
    }

    /** The agent broke the protocol: it is told, and the client is told as far as it still can be. */
    private void broken(String how) {
        if (tunnel != null) {
            tunnel.cancel(how);
        }
        ended(Status.UNAVAILABLE.withDescription(how));
    }

    // Answers of our own.

    void refuseOrigin() {
        proxy.counters().refusedOne();
        record.refused(new Refusal(403, "the request comes from a page of another origin"));
        own.refuseOrigin();
        over();
    }

    void answerPreflight() {
        own.answerPreflight();
        record.forget();
        over();
    }

    void refuse(Refusal refusal) {
        proxy.counters().refusedOne();
        record.refused(refusal);
        respond(refusal);
    }

    private void fail(Refusal refusal) {
        if (state != State.OVER) {
            proxy.counters().failedOne();
            record.failed(refusal);
            respond(refusal);
        }
    }

    /**
     * The answer that has begun says nothing of it: its words are the cluster's, and ours would be taken for those. A WebSocket
     * has a frame for it, which is the connection's and not the stream's.
     */
    @Override
    public void cut(Refusal refusal) {
        if (state == State.OVER) {
            return;
        }
        proxy.counters().cutOne();
        record.cut(refusal);
        log.atInfo()
                .addKeyValue("trace_id", traceId)
                .addKeyValue("agent_id", agentId)
                .log("a running request was cut: {}", refusal.text());
        if (tunnel != null) {
            tunnel.cancel(refusal.text());
        }
        if (state == State.RAW && frames != null && frames.mayClose()) {
            proxy.counters().failedOne();
            exchange.write(WebSocketFrames.close(exchange.allocator(), "GitLab Agent Server: " + refusal.text()));
            exchange.end();
            over();
        } else if (state == State.ANSWERING || state == State.RAW) {
            breakOff();
        } else {
            refuse(refusal);
        }
    }

    /** What has begun ends so that it does not look whole. */
    private void breakOff() {
        proxy.counters().failedOne();
        exchange.abort();
        over();
    }

    private void respond(Refusal refusal) {
        own.refuse(refusal, agentId);
        over();
    }

    private void over() {
        if (state != State.OVER) {
            state = State.OVER;
            if (waiting != null) {
                waiting.cancel();
            }
            if (place != null) {
                place.giveBack();
            }
            if (live != null) {
                live.leave();
            }
            record.close();
            proxy.counters().over();
        }
    }

    private void inLoop(Runnable task) {
        if (exchange.inLoop()) {
            task.run();
        } else {
            exchange.loop().execute(task);
        }
    }
}
