package io.fairlead.wire.grpc.ws;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;

/** The few HTTP/1.1 answers that a gRPC port gives. Written by hand: a codec's encoder would sit in HTTP/2's way. */
final class ServerAnswers {
    private static final String WHAT_THIS_IS =
            "This port serves agents: gRPC over HTTP/2, and gRPC inside WebSocket with the subprotocol ws-tunnel.";
    private static final String GRPC_ONLY = "This port serves gRPC over HTTP/2 only; WebSocket is switched off here.";

    private final boolean webSocket;
    private final String serverHeader;

    ServerAnswers(boolean webSocket, String serverHeader) {
        this.webSocket = webSocket;
        this.serverHeader = serverHeader;
    }

    boolean webSocket() {
        return webSocket;
    }

    ByteBuf switching(String accept, boolean subprotocolAgreed) {
        String subprotocol = subprotocolAgreed ? "Sec-WebSocket-Protocol: " + WebSocketRules.SUBPROTOCOL + "\r\n" : "";
        return ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept + "\r\n" + subprotocol + "Server: " + serverHeader + "\r\n\r\n");
    }

    /** An answer after which the connection is closed; {@code problem} is one sentence. */
    ByteBuf refusal(HttpResponseStatus status, String problem) {
        String body = problem + " " + (webSocket ? WHAT_THIS_IS : GRPC_ONLY) + "\n";
        String upgrade = status.code() == HttpResponseStatus.UPGRADE_REQUIRED.code()
                ? "Upgrade: websocket\r\nSec-WebSocket-Version: " + WebSocketRules.VERSION + "\r\n"
                : "";
        return ascii("HTTP/1.1 " + status.code() + " " + status.reasonPhrase() + "\r\n" + upgrade
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\nServer: " + serverHeader + "\r\n\r\n" + body);
    }

    private static ByteBuf ascii(String text) {
        ByteBuf bytes = Unpooled.buffer(text.length());
        ByteBufUtil.writeAscii(bytes, text);
        return bytes;
    }
}
