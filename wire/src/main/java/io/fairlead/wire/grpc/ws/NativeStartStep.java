package io.fairlead.wire.grpc.ws;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.CharsetUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Client: hands the connection to gRPC at once, for an HTTP/2 client speaks first, and looks only at the first bytes that
 * come back, to say what is wrong when they are not HTTP/2.
 */
final class NativeStartStep extends Step {
    private final ClientCarriage carriage;
    private final ChannelHandler grpc;

    NativeStartStep(ClientCarriage carriage, ChannelHandler grpc) {
        this.carriage = carriage;
        this.grpc = grpc;
    }

    @Override
    void started(ChannelHandlerContext ctx) {
        ctx.pipeline().addBefore(ctx.name(), "first-bytes", new FirstBytes(carriage));
        ctx.pipeline().replace(this, null, grpc);
        ctx.fireUserEventTriggered(CallerAuthority.accepted(event()));
        ConnectionWindow.enlarge(ctx.channel());
    }

    private static final class FirstBytes extends ChannelInboundHandlerAdapter {
        private static final byte TLS_ALERT = 0x15;
        private static final int SHOWN_BYTES_MAX = 40;

        private final ClientCarriage carriage;
        private @Nullable Future<?> deadline;

        FirstBytes(ClientCarriage carriage) {
            this.carriage = carriage;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            deadline = ctx.executor()
                    .schedule(
                            () -> ctx.fireExceptionCaught(ConnectProblem.silent(carriage)),
                            carriage.limits().answer().toMillis(),
                            TimeUnit.MILLISECONDS);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            if (deadline != null) {
                deadline.cancel(false);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            byte first = in.isReadable() ? in.getByte(in.readerIndex()) : 0;
            if (first == TLS_ALERT || first == 'H') {
                String shown = in.toString(
                        in.readerIndex(), Math.min(SHOWN_BYTES_MAX, in.readableBytes()), CharsetUtil.US_ASCII);
                in.release();
                ctx.fireExceptionCaught(
                        first == 'H'
                                ? ConnectProblem.http1(
                                        carriage, shown.lines().findFirst().orElse(""))
                                : ConnectProblem.serverSpeaksTls(carriage));
                ctx.close();
                return;
            }
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(in);
        }
    }
}
