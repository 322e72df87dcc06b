package io.fairlead.link.kubeapi.kas;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.kubeapi.RequestTarget;
import io.fairlead.link.kubeapi.rpc.ExtraKeyVal;
import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.kubeapi.rpc.HeaderExtra;
import io.fairlead.link.kubeapi.rpc.ImpersonationConfig;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.wire.http.RequestHead;
import java.util.Optional;

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
            ForwardedFields fields,
            Optional<Impersonation> impersonation,
            long contentLength,
            boolean withRaw) {
        Prototool.HttpRequest.Builder http =
                Prototool.HttpRequest.newBuilder().setMethod(request.method()).setUrlPath(target.path());
        target.query()
                .forEach((name, values) -> http.putQuery(
                        name, Prototool.Values.newBuilder().addAllValue(values).build()));
        fields.putInto(http);
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

    /** The body's length as the wire says it, -1 when it is not known; framing was checked when the request was read. */
    static long contentLength(RequestHead request) {
        if (request.headers().contains("Transfer-Encoding")) {
            return -1;
        }
        return request.headers().first("Content-Length").map(Long::parseLong).orElse(0L);
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
