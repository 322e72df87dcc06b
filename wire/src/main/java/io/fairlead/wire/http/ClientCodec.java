package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/** The two halves of HTTP/1.1 on the asking side, stricter than Netty's own where a proxy must be. */
final class ClientCodec {
    private ClientCodec() {}

    static final class Encoder extends HttpRequestEncoder {}

    static final class Decoder extends HttpResponseDecoder {
        private final StrictGrammar grammar = new StrictGrammar(true);
        private boolean askedHead;

        Decoder(int headerBytesMax) {
            super(new HttpDecoderConfig().setMaxHeaderSize(headerBytesMax).setMaxChunkSize(64 * 1024));
        }

        /** The answer that comes next is to HEAD: it says a length and has no body. */
        void asked(boolean head) {
            askedHead = head;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            if (!grammar.read(in)) {
                in.skipBytes(in.readableBytes());
                HttpObject refusal =
                        grammar.refusal(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_GATEWAY));
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
                if (out.get(i) instanceof HttpResponse answer) {
                    check(answer);
                }
                grammar.decoded(out.get(i));
            }
        }

        /** Of an answer in a coding that is not ours, or in an unknown one, nobody can say where it ends. */
        private static void check(HttpResponse answer) {
            List<String> codings = answer.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
            boolean chunked =
                    codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst());
            HttpVersion version = answer.protocolVersion();
            boolean known = version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0);
            if (!known || (!codings.isEmpty() && !chunked)) {
                answer.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(
                        known ? "a Transfer-Encoding other than chunked" : "not HTTP/1.1")));
            }
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            boolean interim = ((HttpResponse) message).status().codeClass() == HttpStatusClass.INFORMATIONAL;
            return (askedHead && !interim) || super.isContentAlwaysEmpty(message);
        }
    }
}
