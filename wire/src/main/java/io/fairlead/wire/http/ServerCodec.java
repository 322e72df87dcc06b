package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/** The two halves of HTTP/1.1 on the serving side, stricter than Netty's own where a proxy must be. */
final class ServerCodec {
    private ServerCodec() {}

    static final class Decoder extends HttpRequestDecoder {
        private boolean inHead = true;
        private boolean headBegun;
        private long headBegunNanos;
        private boolean folded;
        private boolean holding;

        Decoder(HttpLimits limits) {
            super(new HttpDecoderConfig()
                    .setMaxInitialLineLength(limits.requestLineBytesMax())
                    .setMaxHeaderSize(limits.headerBytesMax())
                    .setMaxChunkSize(64 * 1024)
                    .setInitialBufferSize(256));
        }

        /**
         * Leaves what comes undecoded until this decoder is removed, which hands it on as bytes: what follows a request to
         * upgrade is the other protocol's as soon as the upgrade is agreed to.
         */
        void hold() {
            holding = true;
        }

        /** Whether a part of a request's head has come and the rest has not. */
        boolean headBegun() {
            return headBegun;
        }

        /** When its first byte was read; by the system's clock for differences. */
        long headBegunNanos() {
            return headBegunNanos;
        }

        /** How many bytes are held back. */
        int heldBytes() {
            return holding ? actualReadableBytes() : 0;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            if (holding) {
                return;
            }
            if (inHead) {
                folded |= holdsFoldedLine(in);
                // Empty lines between requests are no beginning: some clients end a body with one.
                if (!headBegun && in.forEachByte(octet -> octet == '\r' || octet == '\n') >= 0) {
                    headBegun = true;
                    headBegunNanos = System.nanoTime();
                }
            }
            int before = out.size();
            super.decode(ctx, in, out);
            for (int i = before; i < out.size(); i++) {
                inHead = out.get(i) instanceof LastHttpContent || (inHead && !(out.get(i) instanceof HttpRequest));
                headBegun &= !(out.get(i) instanceof HttpRequest);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
            if (holding) {
                // Not the base class's: it would ask for more until something can be decoded.
                ctx.fireChannelReadComplete();
            } else {
                super.channelReadComplete(ctx);
            }
        }

        /**
         * Whether a line of the head begins with white space: a continued header (RFC 9112 section 5.2), which servers read
         * in different ways. The decoder takes whole lines only, so {@code in} begins at a line's start.
         */
        private static boolean holdsFoldedLine(ByteBuf in) {
            int end = in.writerIndex();
            int at = in.readerIndex();
            while (at >= 0 && at < end) {
                byte first = in.getByte(at);
                if (first == ' ' || first == '\t') {
                    return true;
                }
                if (first == '\r' && at > in.readerIndex()) {
                    return false;
                }
                int lineEnd = in.indexOf(at, end, (byte) '\n');
                at = lineEnd < 0 ? end : lineEnd + 1;
            }
            return false;
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            // Asked when all header lines have been read: the first moment at which a refusal finds the request's head.
            if (folded) {
                throw new IllegalArgumentException("a header is continued on a second line");
            }
            return super.isContentAlwaysEmpty(message);
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            // Two framings are how a request hides inside another; guessing which one the next hop believes is not an
            // option.
            throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
        }
    }

    static final class Encoder extends HttpResponseEncoder {
        /** Set by the connection for the answer it is about to write: an answer to HEAD has a length but no body. */
        boolean answersHead;

        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse response) {
            return answersHead || super.isContentAlwaysEmpty(response);
        }
    }
}
