package io.fairlead.forge.api;

import io.fairlead.base.digest.Sha256;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers a GET whose caller has the answer already with 304, by a tag made of the answer's bytes. */
final class Conditional {
    private static final int TAG_BYTES = 16;

    private Conditional() {}

    static Reply of(Request request, Reply reply) {
        boolean reading = request.method().equals("GET") || request.method().equals("HEAD");
        if (!(reply instanceof Reply.Json json)) {
            return reply;
        }
        byte[] body = ForgeJson.MAPPER.writeValueAsBytes(json.value());
        Map<String, String> headers = new LinkedHashMap<>(json.headers());
        headers.put("Cache-Control", "max-age=0, private, must-revalidate");
        if (!reading || json.status() != 200) {
            return new Reply.Bytes(json.status(), headers, "application/json", body);
        }
        String tag = "W/\"" + digest(body) + "\"";
        headers.put("ETag", tag);
        boolean known = request.header("if-none-match")
                .filter(value -> Arrays.stream(value.split(",", -1))
                        .map(String::strip)
                        .anyMatch(one -> one.equals(tag) || one.equals(tag.substring(2)) || one.equals("*")))
                .isPresent();
        return known ? new Reply.Empty(304, headers) : new Reply.Bytes(200, headers, "application/json", body);
    }

    private static String digest(byte[] body) {
        return HexFormat.of().formatHex(Sha256.bytes(body), 0, TAG_BYTES);
    }
}
