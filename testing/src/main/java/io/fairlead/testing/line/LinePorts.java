package io.fairlead.testing.line;

import io.fairlead.testing.process.Checkout;
import java.util.List;

/** The ports one server listens on. They are chosen once, so that a restarted server is found where it was. */
record LinePorts(int https, int http, int grpc, int ssh, int observability) {
    static LinePorts free() {
        return new LinePorts(
                Checkout.freePort(),
                Checkout.freePort(),
                Checkout.freePort(),
                Checkout.freePort(),
                Checkout.freePort());
    }

    List<String> serverOptions() {
        return List.of(
                "--https-port=" + https,
                "--http-port=" + http,
                "--grpc-port=" + grpc,
                "--ssh-port=" + ssh,
                "--observability-port=" + observability);
    }
}
