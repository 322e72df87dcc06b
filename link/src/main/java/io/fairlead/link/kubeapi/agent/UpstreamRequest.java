package io.fairlead.link.kubeapi.agent;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fairlead.kube.connection.BearerToken;
import io.fairlead.link.explanation.ClusterRequest;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.kubeapi.HeaderRules;
import io.fairlead.link.kubeapi.RequestTarget;
import io.fairlead.link.kubeapi.rpc.ExtraKeyVal;
import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.kubeapi.rpc.HeaderExtra;
import io.fairlead.link.kubeapi.rpc.ImpersonationConfig;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HopByHop;
import io.fairlead.wire.http.RequestBody;
import io.fairlead.wire.http.RequestHead;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds the request to the API server. Identity is built here from what kas decided and from the agent's own credential;
 * no field of the client's can add to it or take from it.
 */
final class UpstreamRequest {
    private static final String EXTRA_TYPE = "type.googleapis.com/gitlab.agent.kubernetes_api.rpc.HeaderExtra";
    private static final String HEADER_NAME_KEPT = "!#$&'*+-.^_`|~";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private final String basePath;
    private final BearerToken token;
    private final String product;
    private final Optional<LocalPolicy> policy;

    UpstreamRequest(String basePath, BearerToken token, String product, Optional<LocalPolicy> policy) {
        this.basePath = basePath;
        this.token = token;
        this.product = product;
        this.policy = policy;
    }

    /**
     * A request to be sent.
     *
     * @param target what {@code head} asks for, without what the API server's paths begin with
     * @param as empty when the agent speaks for itself
     */
    record Built(RequestHead head, RequestBody body, boolean upgrade, RequestTarget target, ImpersonationConfig as) {
        /** For whoever explains what became of it. */
        ClusterRequest explained() {
            Map<String, List<String>> extra = new LinkedHashMap<>();
            as.getExtraList().forEach(each -> extra.put(each.getKey(), each.getValList()));
            return new ClusterRequest(
                    head.method(),
                    target.path(),
                    target.query(),
                    as.getUsername().isEmpty()
                            ? Optional.empty()
                            : Optional.of(new Impersonation(as.getUsername(), as.getGroupsList(), as.getUid(), extra)));
        }
    }

    /**
     * Why the local policy refuses what kas asks for; nothing when it does not, or there is none. The path that it sees is the
     * one that {@link #build} sends: a raw target that does not agree with it is refused there.
     *
     * @throws StatusRuntimeException INVALID_ARGUMENT when kas sent an extra that cannot be read
     */
    Optional<String> refusal(Grpctool.HttpRequest.Header wire) {
        if (policy.isEmpty()) {
            return Optional.empty();
        }
        HeaderExtra extra = extra(wire);
        return policy.get()
                .refusal(
                        wire.getRequest().getMethod(),
                        wire.getRequest().getUrlPath(),
                        extra.hasImpConfig() ? Optional.of(extra.getImpConfig()) : Optional.empty());
    }

    /**
     * Builds the request.
     *
     * @throws StatusRuntimeException INVALID_ARGUMENT when kas sent something that must not reach the API server
     */
    Built build(Grpctool.HttpRequest.Header wire) {
        Prototool.HttpRequest request = wire.getRequest();
        if (!token(request.getMethod()) || request.getMethod().equals("CONNECT")) {
            throw invalid("the request's method cannot be sent to an API server");
        }
        HeaderExtra extra = extra(wire);
        Headers headers = Headers.empty();
        Prototool.Values connection = request.getHeaderMap().get("Connection");
        HopByHop here = HopByHop.of(connection == null ? List.of() : connection.getValueList());
        Prototool.Values protocol = request.getHeaderMap().get("Upgrade");
        boolean upgrade = protocol != null;
        try {
            HeaderRules.copy(request.getHeaderMap(), headers, name -> refusesOrDrops(here, name));
            if (protocol != null) {
                protocol.getValueList().forEach(value -> headers.add("Upgrade", value));
            }
            if (extra.hasImpConfig()) {
                impersonate(extra.getImpConfig(), headers);
            }
            headers.add("Via", "gRPC/1.0 " + product);
            token.current().ifPresent(secret -> headers.set("Authorization", "Bearer " + secret));
        } catch (IllegalArgumentException e) {
            throw invalid("a header of the request cannot be sent");
        }
        RequestTarget target = target(request, extra);
        RequestHead head = new RequestHead(request.getMethod(), basePath + target.raw(), headers);
        return new Built(head, body(wire, request, upgrade), upgrade, target, extra.getImpConfig());
    }

    private static boolean refusesOrDrops(HopByHop here, String foldedName) {
        if (HeaderRules.impersonates(foldedName)) {
            throw invalid(
                    "the request came with the header " + foldedName + ", and impersonation is not taken from clients");
        }
        return here.holds(foldedName) || HeaderRules.ofIdentity(foldedName) || foldedName.equals("content-length");
    }

    private static RequestBody body(Grpctool.HttpRequest.Header wire, Prototool.HttpRequest request, boolean upgrade) {
        if (upgrade) {
            return new RequestBody.None();
        }
        if (!wire.hasContentLength()) {
            // Older than the field: only a method that usually has no body is taken to have none.
            boolean bodyless =
                    request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
            return bodyless ? new RequestBody.None() : new RequestBody.Chunked();
        }
        long length = wire.getContentLength();
        return length == 0
                ? new RequestBody.None()
                : length > 0 ? new RequestBody.Sized(length) : new RequestBody.Chunked();
    }

    private static HeaderExtra extra(Grpctool.HttpRequest.Header wire) {
        if (!wire.hasExtra()) {
            return HeaderExtra.getDefaultInstance();
        }
        if (!wire.getExtra().getTypeUrl().equals(EXTRA_TYPE)) {
            // Ignoring it might drop an impersonation: the request would run as the agent itself.
            throw invalid(
                    "the request's extra is a " + wire.getExtra().getTypeUrl() + ", which this agent does not know");
        }
        try {
            return HeaderExtra.parseFrom(wire.getExtra().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw invalid("the request's extra cannot be read");
        }
    }

    private static void impersonate(ImpersonationConfig config, Headers headers) {
        if (config.getUsername().isEmpty()) {
            // An API server takes groups without a user as no impersonation at all.
            throw invalid("the request impersonates nobody: its user name is empty");
        }
        headers.add("Impersonate-User", config.getUsername());
        config.getGroupsList().forEach(group -> headers.add("Impersonate-Group", group));
        if (!config.getUid().isEmpty()) {
            headers.add("Impersonate-Uid", config.getUid());
        }
        for (ExtraKeyVal extra : config.getExtraList()) {
            String name = "Impersonate-Extra-" + escape(extra.getKey());
            extra.getValList().forEach(value -> headers.add(name, value));
        }
    }

    /** Percent-encodes what may not stand in a header's name, as API servers decode it. */
    private static String escape(String key) {
        StringBuilder escaped = new StringBuilder(key.length() + 8);
        for (byte octet : key.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (tokenCharacter(c)) {
                escaped.append(c);
            } else {
                escaped.append('%').append(HEX[(octet >> 4) & 15]).append(HEX[octet & 15]);
            }
        }
        return escaped.toString();
    }

    private static boolean token(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> tokenCharacter((char) c));
    }

    private static boolean tokenCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || HEADER_NAME_KEPT.indexOf(c) >= 0;
    }

    private static RequestTarget target(Prototool.HttpRequest request, HeaderExtra extra) {
        ByteString raw = extra.getRawTarget();
        try {
            if (!raw.isEmpty()) {
                RequestTarget target = RequestTarget.parse(raw.toStringUtf8());
                if (!target.path().equals(request.getUrlPath())) {
                    throw invalid("the request's path and its raw target do not agree");
                }
                return target;
            }
            Map<String, List<String>> query = new LinkedHashMap<>();
            request.getQueryMap().forEach((name, values) -> query.put(name, values.getValueList()));
            String encoded = RequestTarget.encode(request.getUrlPath(), query);
            // The same rules for what an original kas sends: it does not check what it decodes.
            return RequestTarget.parse(encoded);
        } catch (RequestTarget.Malformed e) {
            throw invalid("the request cannot be forwarded: " + e.getMessage());
        }
    }

    private static StatusRuntimeException invalid(String description) {
        return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
    }
}
