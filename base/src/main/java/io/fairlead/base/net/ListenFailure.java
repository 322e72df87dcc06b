package io.fairlead.base.net;

import io.fairlead.base.config.ConfigAddresses;
import io.fairlead.base.error.FairleadException;
import java.net.InetSocketAddress;

/** Tells an operator why a listener could not start, in the same words whatever serves there. */
public final class ListenFailure {
    private ListenFailure() {}

    /**
     * {@code listen.address-in-use}, or {@code listen.address-unusable} when the machine refuses the address for another
     * reason.
     *
     * @param service what was to be served there, such as {@code HTTP}
     * @param cause the failed bind; its deepest cause holds the system's own words
     */
    public static FairleadException of(String service, InetSocketAddress address, Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String reason = String.valueOf(deepest.getMessage());
        boolean taken = reason.contains("in use");
        return new FairleadException(
                taken ? "listen.address-in-use" : "listen.address-unusable",
                "cannot listen for " + service + " on " + ConfigAddresses.text(address) + ": " + reason + "; "
                        + (taken ? "stop what listens there or choose another address" : "choose another address"),
                cause);
    }
}
