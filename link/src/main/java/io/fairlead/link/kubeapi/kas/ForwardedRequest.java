package io.fairlead.link.kubeapi.kas;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.kubeapi.HeaderRules;
import io.fairlead.link.kubeapi.RequestTarget;
import io.fairlead.link.kubeapi.rpc.ExtraKeyVal;
import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.kubeapi.rpc.HeaderExtra;
import io.fairlead.link.kubeapi.rpc.ImpersonationConfig;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.RequestHead;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds what the agent is sent of a client's request: everything about the request, nothing about the client. */
final class ForwardedRequest {
    private ForwardedRequest() {}

    /**
     * The wire's head.
     *
     * @param contentLength -1 unknown, 0 none
     * @param withRaw whether the agent reads the raw target
     */
    static Grpctool.HttpRequest.Header head(
            RequestHead request,
            RequestTarget target,
            Optional<Impersonation> impersonation,
            long contentLength,
            boolean withRaw,
            String via) {
        Prototool.HttpRequest.Builder http =
                Prototool.HttpRequest.newBuilder().setMethod(request.method()).setUrlPath(target.path());
        target.query()
                .forEach((name, values) -> http.putQuery(
                        name, Prototool.Values.newBuilder().addAllValue(values).build()));
        headers(request.headers(), http, via);
        Grpctool.HttpRequest.Header.Builder head =
                Grpctool.HttpRequest.Header.newBuilder().setRequest(http).setContentLength(contentLength);
        boolean raw = withRaw && !target.exact();
        if (impersonation.isPresent() || raw) {
            HeaderExtra.Builder extra = HeaderExtra.newBuilder();
            impersonation.ifPresent(who -> extra.setImpConfig(config(who)));
            if (raw) {
                extra.setRawTarget(ByteString.copyFromUtf8(target.raw()));
            }
            head.setExtra(Any.pack(extra.build()));
        }
        return head.build();
    }

    private static void headers(Headers from, Prototool.HttpRequest.Builder to, String via) {
        Set<String> named = HeaderRules.namedByConnection(from.all("Connection"));
        Map<String, Prototool.Values.Builder> wire = new HashMap<>();
        from.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!HeaderRules.hopByHop(lower) && !HeaderRules.ofIdentity(lower) && !named.contains(lower)) {
                wire.computeIfAbsent(HeaderRules.canonical(name), any -> Prototool.Values.newBuilder())
                        .addValue(value);
            }
        });
        wire.computeIfAbsent("Via", any -> Prototool.Values.newBuilder()).addValue(via);
        List<String> upgrade = from.all("Upgrade");
        if (!upgrade.isEmpty()) {
            wire.put("Upgrade", Prototool.Values.newBuilder().addAllValue(upgrade));
            wire.put("Connection", Prototool.Values.newBuilder().addValue("upgrade"));
        }
        wire.forEach((name, values) -> to.putHeader(name, values.build()));
    }

    private static ImpersonationConfig config(Impersonation who) {
        ImpersonationConfig.Builder config = ImpersonationConfig.newBuilder()
                .setUsername(who.username())
                .addAllGroups(who.groups())
                .setUid(who.uid());
        who.extra()
                .forEach((key, values) ->
                        config.addExtra(ExtraKeyVal.newBuilder().setKey(key).addAllVal(values)));
        return config.build();
    }
}
