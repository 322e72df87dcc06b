package io.fairlead.wire.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** The two halves of HTTP/1.1 on the serving side, stricter than Netty's own where a proxy must be. */
final class ServerCodec {
    private ServerCodec() {}

    static final class Decoder extends HttpRequestDecoder {
        Decoder(HttpLimits limits) {
            super(new HttpDecoderConfig()
                    .setMaxInitialLineLength(limits.requestLineBytesMax())
                    .setMaxHeaderSize(limits.headerBytesMax())
                    .setMaxChunkSize(64 * 1024)
                    .setInitialBufferSize(256));
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
