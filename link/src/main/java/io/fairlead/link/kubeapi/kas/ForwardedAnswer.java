package io.fairlead.link.kubeapi.kas;

import io.fairlead.link.kubeapi.HeaderRules;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HopByHop;
import io.fairlead.wire.http.ResponseHead;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Builds what the client is sent of a cluster's answer. */
final class ForwardedAnswer {
    /**
     * Fields that speak to the browser about our own origin. A service behind the API server's proxy must not set cookies
     * for, or policies of, the host that people sign in to. Those of CORS have their prefix in common.
     */
    private static final Set<String> OF_OUR_ORIGIN = Set.of(
            "set-cookie",
            "strict-transport-security",
            "public-key-pins",
            "nel",
            "report-to",
            "reporting-endpoints",
            "alt-svc",
            "clear-site-data");

    /** As many as agentk takes from an API server, as they look in HTTP/1.1. */
    private static final int HEADER_BYTES_MAX = 128 * 1024;

    private ForwardedAnswer() {}

    /**
     * The answer's head for the client; {@code cors} holds the fields that are ours to say.
     *
     * @throws IllegalArgumentException when the agent sent what cannot stand in a head; the message says what
     */
    static ResponseHead head(Prototool.HttpResponse answer, Headers cors, String via) {
        int status = answer.getStatusCode();
        if ((status < 200 && status != 101) || status > 999) {
            throw new IllegalArgumentException("its status is " + status);
        }
        if (bytes(answer) > HEADER_BYTES_MAX) {
            throw new IllegalArgumentException("its header fields have more than " + HEADER_BYTES_MAX + " bytes");
        }
        Headers headers = Headers.empty();
        HopByHop here = HopByHop.of(connection(answer));
        try {
            HeaderRules.copy(answer.getHeaderMap(), headers, name -> here.holds(name) || ofOurOrigin(name));
        } catch (IllegalArgumentException e) {
            // The cause's own words may hold the field's value, which is not for others to read.
            throw new IllegalArgumentException("a header field holds what HTTP does not have", e);
        }
        cors.forEach(headers::add);
        headers.add("Via", via);
        ResponseHead head = new ResponseHead(status, reason(answer), headers);
        if (!head.plainlyFramed()) {
            throw new IllegalArgumentException("its length cannot be told");
        }
        return head;
    }

    private static boolean ofOurOrigin(String foldedName) {
        return foldedName.startsWith("access-control-") || OF_OUR_ORIGIN.contains(foldedName);
    }

    private static long bytes(Prototool.HttpResponse answer) {
        long bytes = answer.getStatus().length();
        for (var field : answer.getHeaderMap().entrySet()) {
            for (String value : field.getValue().getValueList()) {
                bytes += field.getKey().length() + value.length() + ": \r\n".length();
            }
        }
        return bytes;
    }

    /** The head that switches protocols: the same, with what the switch itself needs. */
    static ResponseHead upgrade(Prototool.HttpResponse answer, Headers cors, String via) {
        ResponseHead head = head(answer, cors, via);
        List<String> protocol = Optional.ofNullable(answer.getHeaderMap().get("Upgrade"))
                .map(Prototool.Values::getValueList)
                .map(List::copyOf)
                .orElse(List.of());
        protocol.forEach(value -> head.headers().add("Upgrade", value));
        head.headers().set("Connection", "Upgrade");
        head.headers().remove("Content-Length");
        return head;
    }

    private static List<String> connection(Prototool.HttpResponse answer) {
        Prototool.Values values = answer.getHeaderMap().get("Connection");
        return values == null ? List.of() : values.getValueList();
    }

    /** The phrase in "200 OK"; a status of other shape, or with other than plain text, has none. */
    private static String reason(Prototool.HttpResponse answer) {
        String prefix = answer.getStatusCode() + " ";
        String status = answer.getStatus();
        boolean plain = status.startsWith(prefix) && status.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        return plain ? status.substring(prefix.length()) : "";
    }
}
