package io.fairlead.link.tunnel.kas;

/** Who waits for a free tunnel stream. Exactly one of the two is called, from any thread, possibly before acquire returns. */
public interface TunnelWaiter {
    void onTunnel(TunnelCall call);

    void onNoTunnel(NoTunnel reason);
}
