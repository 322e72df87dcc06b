package io.fairlead.link.kubeapi.kas;

import io.fairlead.link.kubeapi.HeaderRules;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HopByHop;
import io.fairlead.wire.http.RequestHead;
import java.util.HashMap;
import java.util.Map;

/**
 * A client's header fields, sorted in one walk: what travels to the agent, in the wire's form, and whether the client tries to
 * say as whom it acts.
 *
 * @param travelling by name in its canonical spelling
 */
record ForwardedFields(Map<String, Prototool.Values.Builder> travelling, boolean impersonate) {
    static ForwardedFields of(RequestHead request, String via) {
        Headers from = request.headers();
        HopByHop here = HopByHop.of(from.all("Connection"));
        Map<String, Prototool.Values.Builder> wire = new HashMap<>();
        boolean[] impersonates = new boolean[1];
        from.forEach((name, value) -> {
            String folded = HopByHop.folded(name);
            if (HeaderRules.impersonates(folded)) {
                impersonates[0] = true;
            } else if (!here.holds(folded) && !HeaderRules.ofIdentity(folded)) {
                add(wire, HeaderRules.canonical(name), value);
            }
        });
        add(wire, "Via", via);
        request.upgrade().ifPresent(protocol -> {
            wire.put("Upgrade", Prototool.Values.newBuilder().addValue(protocol));
            wire.put("Connection", Prototool.Values.newBuilder().addValue("upgrade"));
        });
        return new ForwardedFields(wire, impersonates[0]);
    }

    private static void add(Map<String, Prototool.Values.Builder> wire, String name, String value) {
        wire.computeIfAbsent(name, any -> Prototool.Values.newBuilder()).addValue(value);
    }

    void putInto(Prototool.HttpRequest.Builder request) {
        travelling.forEach((name, values) -> request.putHeader(name, values.build()));
    }
}
