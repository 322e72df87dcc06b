package io.fairlead.link.kubeapi.kas;

import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HttpExchange;
import io.fairlead.wire.http.ResponseHead;
import io.netty.buffer.Unpooled;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What kas says in its own words, where an answer of the cluster is not to be had or not to be asked for. */
final class OwnAnswers {
    private static final Logger log = LoggerFactory.getLogger(OwnAnswers.class);

    private final HttpExchange exchange;
    private final Cors cors;
    private final String product;
    private final String traceId;

    OwnAnswers(HttpExchange exchange, Cors cors, String product, String traceId) {
        this.exchange = exchange;
        this.cors = cors;
        this.product = product;
        this.traceId = traceId;
    }

    void refuseOrigin() {
        exchange.respond(ResponseHead.of(403, own().set("Content-Length", "0")));
        exchange.end();
    }

    void answerPreflight() {
        exchange.respond(cors.preflight(exchange.request()));
        exchange.end();
    }

    void refuse(Refusal refusal, long agentId) {
        // The path's query may hold a session's secret, and says little; the trace id is what the person at the other
        // end has.
        log.atLevel(refusal.status() >= 500 ? Level.INFO : Level.DEBUG)
                .addKeyValue("trace_id", traceId)
                .addKeyValue("agent_id", agentId)
                .addKeyValue("status", refusal.status())
                .log("a request was not carried: {}", refusal.text());
        Headers headers = own();
        cors.headers(exchange.request()).forEach(headers::add);
        if (refusal.status() == 401) {
            headers.set("Gitlab-Unauthorized", "true");
        }
        if (refusal.status() == 429) {
            headers.set("Retry-After", Integer.toString(KubernetesStatus.RETRY_AFTER_SECONDS));
        }
        byte[] body = KubernetesStatus.json(refusal.status(), refusal.text(), traceId);
        headers.set("Content-Type", "application/json").set("Content-Length", Integer.toString(body.length));
        exchange.respond(ResponseHead.of(refusal.status(), headers));
        exchange.write(Unpooled.wrappedBuffer(body));
        exchange.end();
    }

    private Headers own() {
        return Headers.empty().set("Server", product);
    }
}
