package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/** The two halves of HTTP/1.1 on the serving side, stricter than Netty's own where a proxy must be. */
final class ServerCodec {
    private ServerCodec() {}

    static final class Decoder extends HttpRequestDecoder {
        private final StrictGrammar grammar = new StrictGrammar(false);
        private long headBegunNanos;
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

        /** When the first byte of a head was read whose rest has not come, by the clock for differences; 0 when none has. */
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
            boolean right = grammar.read(in);
            noteHead(ctx);
            if (!right) {
                in.skipBytes(in.readableBytes());
                HttpObject refusal = grammar.refusal(
                        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/not-well-formed"));
                if (refusal != null) {
                    out.add(refusal);
                }
                return;
            }
            int from = in.readerIndex();
            int before = out.size();
            super.decode(ctx, in, out);
            grammar.taken(in.readerIndex() - from);
            for (int i = before; i < out.size(); i++) {
                grammar.decoded(out.get(i));
            }
        }

        private void noteHead(ChannelHandlerContext ctx) {
            if (!grammar.inHead()) {
                headBegunNanos = 0;
            } else if (headBegunNanos == 0) {
                headBegunNanos = ctx.executor().ticker().nanoTime();
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
