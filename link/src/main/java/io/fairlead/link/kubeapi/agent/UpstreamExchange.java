package io.fairlead.link.kubeapi.agent;

import io.fairlead.link.explanation.Explanations;
import io.fairlead.link.kubeapi.HeaderRules;
import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.kubeapi.rpc.HttpFrame;
import io.fairlead.link.kubeapi.rpc.HttpFrames;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.link.tunnel.agent.TunneledReply;
import io.fairlead.link.tunnel.agent.TunneledRequest;
import io.fairlead.wire.grpc.StreamOrder;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HttpCall;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.HttpFailure;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.http.ResponseHead;
import io.fairlead.wire.http.ResponseListener;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One request to the API server and its answer.
 *
 * <p>Two directions that end by themselves, and one end for both:
 *
 * <ul>
 *   <li>The request: <b>expecting</b> the head ({@code call} is null) → <b>asking</b>: the head is sent upstream, and what kas
 *       sends follows as {@code position} allows → ended by the trailer. A half-close is right only where the order lets the
 *       stream end; anywhere else what came is half a request, and the exchange fails.
 *   <li>The answer: <b>awaited</b> → <b>answering</b> (the head has gone to kas) → ended by the API server.
 *   <li>With {@code upgrade} asked for, the request has no body and the answer may be a 101: then both are <b>raw</b>, bytes go
 *       either way, and kas's half-close ends our output. One that came before the 101 is kept in {@code halfClosed}.
 *   <li>What {@link LocalPolicy} refuses is answered here and over at once.
 *   <li>A refusal that can be explained is <b>held</b> instead of answering, until it is whole and explained; then it goes to kas
 *       at once. A question to the agent itself is <b>answered here</b>, without a call.
 *   <li><b>over</b>, from any state: the answer ended, either side failed, or kas gave up. What still comes is released.
 * </ul>
 *
 * <p>Body bytes of an exchange that asked for an upgrade, raw bytes before the 101 and messages out of order are kas's error:
 * the exchange fails. {@code requestHeld}: the API server is full, so kas is asked for nothing until {@link #onWritable};
 * {@code answerHeld}: the tunnel is full, so the API server is not read until {@link #onReady}. All calls come on one event loop.
 *
 * <p>What one read from the API server brings is gathered and leaves as one message, up to {@link #MESSAGE_BYTES_MAX}: few
 * large messages when bytes are many, small ones at once when they are few. Nothing more is read from either side than the
 * other takes.
 */
final class UpstreamExchange implements TunneledRequest, ResponseListener {
    /** Far below gRPC's limit of 4 MiB; larger messages gain nothing and delay what shares the connection. */
    private static final int MESSAGE_BYTES_MAX = 256 * 1024;

    private static final int PIECES_MAX = 64;

    private final HttpClient client;
    private final Origin server;
    private final UpstreamRequest requests;
    private final Explanations explanations;
    private final TunneledReply reply;
    private UpstreamRequest.@Nullable Built asked;
    private @Nullable HttpCall call;
    private @Nullable HeldRefusal held;
    private @Nullable CompositeByteBuf gathered;
    private StreamOrder.Position position = HttpFrames.REQUEST_ORDER.start();
    private boolean upgrade;
    private boolean raw;
    private boolean halfClosed;
    private boolean requestHeld;
    private boolean answerHeld;
    private boolean over;

    UpstreamExchange(
            HttpClient client,
            Origin server,
            UpstreamRequest requests,
            Explanations explanations,
            TunneledReply reply) {
        this.client = client;
        this.server = server;
        this.requests = requests;
        this.explanations = explanations;
        this.reply = reply;
    }

    // kas speaks.

    @Override
    public void onMessage(ByteBuf message) {
        HttpFrame<Grpctool.HttpRequest.Header> frame;
        try {
            frame = HttpFrames.request(message);
        } catch (StatusRuntimeException e) {
            fail(e.getStatus());
            return;
        }
        try {
            position = position.next(frame.field());
        } catch (StatusRuntimeException e) {
            HttpFrame.release(frame);
            fail(e.getStatus());
            return;
        }
        try {
            received(frame);
        } catch (StatusRuntimeException e) {
            fail(e.getStatus());
        }
    }

    private void received(HttpFrame<Grpctool.HttpRequest.Header> frame) {
        HttpCall current = call;
        switch (frame) {
            case HttpFrame.Head<Grpctool.HttpRequest.Header>(var header) -> {
                if (!over) {
                    ask(header);
                }
            }
            case HttpFrame.Data<?>(ByteBuf data) -> pass(current, data, !upgrade);
            case HttpFrame.Upgraded<?>(ByteBuf data) -> pass(current, data, raw);
            case HttpFrame.Trailer<?> trailer -> {
                if (current != null && !upgrade) {
                    current.endRequest();
                }
                reply.request(1);
            }
        }
    }

    private void ask(Grpctool.HttpRequest.Header header) {
        Optional<String> refusal = requests.refusal(header);
        if (refusal.isPresent()) {
            answer(LocalAnswer.forbidden(refusal.get()));
            return;
        }
        UpstreamRequest.Built built = requests.build(header);
        asked = built;
        if (explanations.given() && built.target().path().startsWith(Explanations.PATH)) {
            answerHere(built);
            return;
        }
        upgrade = built.upgrade();
        HttpCall started = client.send(server, built.head(), built.body(), this);
        call = started;
        started.demand();
        reply.request(1);
    }

    /** In place of the API server, which hears nothing of the request. What still comes of it is released. */
    private void answer(LocalAnswer local) {
        over();
        reply.send(HttpFrames.head(wire(local.head())));
        reply.send(HttpFrames.data(Unpooled.wrappedBuffer(local.body())));
        reply.send(HttpFrames.trailer());
        reply.end();
    }

    private void answerHere(UpstreamRequest.Built built) {
        Executor loop = client.loopOfCaller();
        explanations
                .answer(built.explained())
                .thenAccept(answer -> loop.execute(() -> whole(
                        ResponseHead.of(
                                answer.status(),
                                Headers.empty()
                                        .set("Content-Type", "application/json")
                                        .set("Content-Length", Integer.toString(answer.json().length))),
                        answer.json())));
        reply.request(1);
    }

    private void pass(@Nullable HttpCall current, ByteBuf data, boolean expected) {
        if (current == null || !expected || over) {
            data.release();
            if (!over) {
                fail(Status.INTERNAL.withDescription("bytes came out of turn"));
            }
            return;
        }
        current.write(data);
        if (current.writable()) {
            reply.request(1);
        } else {
            requestHeld = true;
        }
    }

    @Override
    public void onHalfClose() {
        try {
            position.end();
        } catch (StatusRuntimeException e) {
            // Passed on, half a body of unknown length would look whole to the API server.
            fail(e.getStatus());
            return;
        }
        halfClosed = true;
        HttpCall current = call;
        if (current != null && (raw || !upgrade)) {
            current.endRequest();
        }
    }

    @Override
    public void onReady() {
        if (answerHeld && call != null && reply.ready()) {
            answerHeld = false;
            call.demand();
        }
    }

    @Override
    public void onCancel() {
        over();
        if (call != null) {
            call.cancel();
        }
    }

    // The API server speaks.

    @Override
    public void onHead(ResponseHead head) {
        UpstreamRequest.Built request = asked;
        if (request != null
                && call != null
                && explanations.given()
                && !request.target().path().contains("/proxy")
                && HeldRefusal.holds(request.head().method(), head)) {
            held = new HeldRefusal(head);
            call.demand();
            return;
        }
        reply.send(HttpFrames.head(wire(head)));
        next();
    }

    @Override
    public void onUpgrade(ResponseHead head) {
        raw = true;
        reply.send(HttpFrames.head(wire(head)));
        reply.send(HttpFrames.trailer());
        next();
        if (halfClosed && call != null) {
            call.endRequest();
        }
    }

    private static Grpctool.HttpResponse.Header wire(ResponseHead head) {
        Map<String, Prototool.Values.Builder> fields = new HashMap<>();
        head.headers()
                .forEach((name, value) -> fields.computeIfAbsent(
                                HeaderRules.canonical(name), any -> Prototool.Values.newBuilder())
                        .addValue(value));
        Prototool.HttpResponse.Builder answer = Prototool.HttpResponse.newBuilder()
                .setStatusCode(head.status())
                .setStatus(head.status() + " " + head.reason());
        fields.forEach((name, values) -> answer.putHeader(name, values.build()));
        return Grpctool.HttpResponse.Header.newBuilder().setResponse(answer).build();
    }

    @Override
    public void onData(ByteBuf data) {
        if (over) {
            data.release();
            return;
        }
        if (held != null && call != null) {
            held.add(data);
            call.demand();
            return;
        }
        CompositeByteBuf current = gathered;
        if (current == null) {
            current = ByteBufAllocator.DEFAULT.compositeBuffer(PIECES_MAX);
            gathered = current;
        }
        current.addComponent(true, data);
        if (current.readableBytes() >= MESSAGE_BYTES_MAX || current.numComponents() >= PIECES_MAX) {
            sendGathered();
            next();
        } else {
            // More of the same read may be waiting; what is gathered leaves when the read is used up.
            next();
        }
    }

    @Override
    public void onTurn() {
        if (gathered != null) {
            sendGathered();
        }
    }

    private void sendGathered() {
        CompositeByteBuf data = gathered;
        gathered = null;
        if (data != null) {
            reply.send(raw ? HttpFrames.upgraded(data) : HttpFrames.data(data));
        }
    }

    /** Asks for more of the answer when the tunnel takes it. */
    private void next() {
        if (reply.ready() && call != null) {
            call.demand();
        } else {
            answerHeld = true;
        }
    }

    /** The answer is the API server's whole refusal; what is sent is the same with an explanation. */
    private void explain(HeldRefusal refusal, UpstreamRequest.Built request) {
        Executor loop = client.loopOfCaller();
        explanations
                .explain(request.explained(), refusal.body())
                .thenAccept(body -> loop.execute(() -> whole(refusal.before(body), body)));
    }

    private void whole(ResponseHead head, byte[] body) {
        if (over) {
            return;
        }
        reply.send(HttpFrames.head(wire(head)));
        reply.send(HttpFrames.data(Unpooled.wrappedBuffer(body)));
        reply.send(HttpFrames.trailer());
        over();
        reply.end();
    }

    @Override
    public void onEnd() {
        if (held != null && asked != null) {
            explain(held, asked);
            return;
        }
        sendGathered();
        if (!raw) {
            reply.send(HttpFrames.trailer());
        }
        over();
        reply.end();
    }

    @Override
    public void onWritable() {
        if (requestHeld) {
            requestHeld = false;
            reply.request(1);
        }
    }

    @Override
    public void onFailure(HttpFailure failure) {
        fail(Status.UNAVAILABLE.withDescription("the API server: " + failure.getMessage()));
    }

    private void fail(Status status) {
        if (!over) {
            over();
            if (call != null) {
                call.cancel();
            }
            reply.fail(status);
        }
    }

    private void over() {
        over = true;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }
}
