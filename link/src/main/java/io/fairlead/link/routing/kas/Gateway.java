package io.fairlead.link.routing.kas;

import io.fairlead.link.tunnel.kas.TunneledMethods;
import io.fairlead.link.tunnel.kas.Tunnels;
import io.fairlead.link.tunnel.rpc.GatewayCodec;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.util.OptionalLong;

/**
 * Lends this kas's tunnels to others: one method of the agents', served on the private API. Caller: another kas, which has
 * decided who may and as whom; {@code JwtCallAuth} has checked that it is one.
 */
public final class Gateway implements ServerCallHandler<ByteBuf, OutgoingFrame> {
    private final Tunnels tunnels;
    private final String service;
    private final String method;
    private final byte[] requestInfo;

    /** @param tunnels those of this kas alone: what they have not is not looked for elsewhere */
    public Gateway(Tunnels tunnels, String service, String method, String product) {
        this.tunnels = tunnels;
        this.service = service;
        this.method = method;
        requestInfo = TunneledMethods.requestInfo(service, method, product);
    }

    public ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(service)
                .addMethod(GatewayCodec.served(service, method), this)
                .build();
    }

    @Override
    public ServerCall.Listener<ByteBuf> startCall(ServerCall<ByteBuf, OutgoingFrame> call, Metadata headers) {
        OptionalLong agentId = RoutingMetadata.agentId(headers);
        if (agentId.isEmpty()) {
            call.close(
                    Status.INVALID_ARGUMENT.withDescription("kas-hop-routing-agent-id must be there once, as a number"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        call.setOnReadyThreshold(RemoteTunnel.readyBelowBytes());
        GatewayCall lending = new GatewayCall(call, requestInfo);
        lending.begin(waiter -> tunnels.acquire(agentId.getAsLong(), service, method, waiter));
        return lending;
    }
}
