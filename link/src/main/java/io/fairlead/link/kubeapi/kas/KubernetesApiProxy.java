package io.fairlead.link.kubeapi.kas;

import io.fairlead.link.audit.AuditLog;
import io.fairlead.link.identity.ProxyAccess;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.kubeapi.KubernetesApi;
import io.fairlead.link.kubeapi.RequestTarget;
import io.fairlead.link.tunnel.kas.TunneledMethods;
import io.fairlead.link.tunnel.kas.Tunnels;
import io.fairlead.wire.http.ExchangeListener;
import io.fairlead.wire.http.HttpExchange;
import io.fairlead.wire.http.HttpHandler;
import io.fairlead.wire.http.RequestHead;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The door for kubectl, helm, pipelines and pages: {@code <prefix>api/v1/...} reaches the cluster of the agent that the
 * credential names. Callers: a CI job with its token, a person with an access token of scope k8s_proxy, a page of GitLab
 * with its session; whether each may is {@link ProxyAccess}'s answer.
 */
public final class KubernetesApiProxy implements HttpHandler {
    /** Kubernetes' name for a bearer token that stands where a protocol does. */
    private static final String BEARER_PROTOCOL = "base64url.bearer.authorization.k8s.io.";

    private final ProxyConfig config;
    private final ProxyAccess access;
    private final Tunnels tunnels;
    private final RequestShares shares;
    private final LiveRequests live;
    private final AuditLog audit;
    private final ProxyCounters counters;
    private final RandomGenerator random;
    private final Cors cors;
    private final SessionPages pages;
    private final String via;
    private final byte[] requestInfo;

    public KubernetesApiProxy(
            ProxyConfig config,
            ProxyAccess access,
            Tunnels tunnels,
            RequestShares shares,
            LiveRequests live,
            AuditLog audit,
            ProxyCounters counters,
            RandomGenerator random) {
        this.config = config;
        this.access = access;
        this.tunnels = tunnels;
        this.shares = shares;
        this.live = live;
        this.audit = audit;
        this.counters = counters;
        this.random = random;
        cors = new Cors(config.externalOrigin());
        pages = new SessionPages(config.externalOrigin());
        via = "gRPC/1.0 " + config.product();
        requestInfo = TunneledMethods.requestInfo(KubernetesApi.SERVICE, KubernetesApi.METHOD, config.product());
    }

    ProxyAccess access() {
        return access;
    }

    Tunnels tunnels() {
        return tunnels;
    }

    RequestShares shares() {
        return shares;
    }

    LiveRequests live() {
        return live;
    }

    AuditLog audit() {
        return audit;
    }

    ProxyCounters counters() {
        return counters;
    }

    String via() {
        return via;
    }

    String product() {
        return config.product();
    }

    Cors cors() {
        return cors;
    }

    byte[] requestInfo() {
        return requestInfo;
    }

    @Override
    public ExchangeListener serve(HttpExchange exchange) {
        RequestHead request = exchange.request();
        ProxyExchange served = new ProxyExchange(this, exchange, TraceId.of(request.headers(), random));
        counters.begun();
        if (!cors.allows(request)) {
            served.refuseOrigin();
        } else if (request.method().equals("OPTIONS")) {
            served.answerPreflight();
        } else {
            admit(served, exchange);
        }
        return served;
    }

    /** Browsers can name a cluster's token to the API server so; it would travel past who decides. */
    private static boolean offersToken(RequestHead request) {
        return request.headers().all("Sec-WebSocket-Protocol").stream()
                .anyMatch(offered -> offered.toLowerCase(Locale.ROOT).contains(BEARER_PROTOCOL));
    }

    private static boolean root(String prefix) {
        return prefix.length() == 1;
    }

    private void admit(ProxyExchange served, HttpExchange exchange) {
        RequestHead request = exchange.request();
        String prefix = config.pathPrefix();
        // kubectl 1.37 asks for the root of its server without the slash that the address ends with.
        boolean root = request.path().equals(prefix.substring(0, prefix.length() - 1)) && !root(prefix);
        if (!root && !request.target().startsWith(prefix)) {
            served.refuse(Refusal.badRequest("the path must begin with " + prefix));
            return;
        }
        RequestTarget target;
        try {
            String beyond = request.target().substring(prefix.length() - 1);
            target = RequestTarget.parse(root ? "/" + beyond : beyond);
        } catch (RequestTarget.Malformed e) {
            served.refuse(Refusal.badRequest(String.valueOf(e.getMessage())));
            return;
        }
        ForwardedFields fields = ForwardedFields.of(request, via);
        if (fields.impersonate()) {
            served.refuse(Refusal.badRequest("Impersonate headers are not accepted from clients (kubectl --as): whom a"
                    + " request acts as follows from its credential and the agent's access_as"));
            return;
        }
        if (request.upgrade().isPresent() && !exchange.http11()) {
            served.refuse(Refusal.badRequest("an upgrade needs HTTP/1.1"));
            return;
        }
        if (offersToken(request)) {
            served.refuse(Refusal.badRequest("a WebSocket with a bearer token among its protocols is not accepted: the"
                    + " cluster hears who you are from the agent alone; leave " + BEARER_PROTOCOL + "… away"));
            return;
        }
        switch (CredentialReader.read(request.headers(), target)) {
            case CredentialReader.Result.Found(var credential) -> {
                Optional<Refusal> fault =
                        credential instanceof ProxyCredential.Session ? pages.fault(request) : Optional.empty();
                fault.ifPresentOrElse(served::refuse, () -> served.begin(target, fields, credential));
            }
            case CredentialReader.Result.Refused(var refusal) -> served.refuse(refusal);
        }
    }
}
