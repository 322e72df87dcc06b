package io.fairlead.link.tunnel.kas;

import io.fairlead.link.prototool.Prototool;
import io.fairlead.link.tunnel.rpc.ConnectResponse;
import io.fairlead.link.tunnel.rpc.RequestInfo;

/** How a tunnel stream is told which method is called. */
public final class TunneledMethods {
    private TunneledMethods() {}

    /**
     * For {@link TunnelCall#open}. The same for every request: the agent needs the method's name, and nothing of who is
     * behind it.
     *
     * @param product who calls, as in {@code gitlab-kas/v17.0.0/abc}
     */
    public static byte[] requestInfo(String service, String method, String product) {
        RequestInfo info = RequestInfo.newBuilder()
                .setMethodName("/" + service + "/" + method)
                .putMeta(
                        "content-type",
                        Prototool.Values.newBuilder()
                                .addValue("application/grpc")
                                .build())
                .putMeta(
                        "user-agent",
                        Prototool.Values.newBuilder().addValue(product).build())
                .build();
        return ConnectResponse.newBuilder().setRequestInfo(info).build().toByteArray();
    }
}
