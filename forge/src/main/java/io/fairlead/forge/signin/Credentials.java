package io.fairlead.forge.signin;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Percent;
import io.fairlead.forge.api.Request;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Where the credentials of each kind stand in a request. A header that is given twice is no credential. */
final class Credentials {
    private static final int BASIC_LENGTH_MAX = 4096;

    /** A name and a password from Basic authentication. */
    record Basic(String name, String password) {
        @Override
        public String toString() {
            return "Basic[name=" + name + "]";
        }
    }

    private Credentials() {}

    /** A personal access token: {@code PRIVATE-TOKEN}, a bearer token, or a parameter of the query. */
    static Optional<String> personal(Request request) {
        if (request.headerCount("private-token") > 0) {
            return request.header("private-token");
        }
        if (request.headerCount("authorization") > 0) {
            return bearer(request);
        }
        return query(request, "private_token").or(() -> query(request, "access_token"));
    }

    /** An agent's token, in the headers that kas has used from 16 to 19; the newest name wins. */
    static Optional<String> agent(Request request) {
        return request.header("gitlab-agent-api-request")
                .or(() -> request.header("gitlab-agentk-api-request"))
                .or(() -> bearer(request));
    }

    static Optional<String> job(Request request) {
        if (request.headerCount("job-token") > 0) {
            return request.header("job-token");
        }
        return query(request, "job_token");
    }

    /** As whom an administrator wants to act. */
    static Optional<String> sudo(Request request) {
        if (request.headerCount("sudo") > 1) {
            throw ApiError.badParameter("sudo is given twice");
        }
        return request.header("sudo").or(() -> query(request, "sudo"));
    }

    static Optional<Basic> basic(Request request) {
        Optional<String> encoded = afterScheme(request, "basic").filter(text -> text.length() <= BASIC_LENGTH_MAX);
        if (encoded.isEmpty()) {
            return Optional.empty();
        }
        try {
            String decoded = new String(Base64.getDecoder().decode(encoded.get()), StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Basic(decoded.substring(0, colon), decoded.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> bearer(Request request) {
        return afterScheme(request, "bearer");
    }

    private static Optional<String> afterScheme(Request request, String scheme) {
        return request.header("authorization")
                .filter(value -> value.regionMatches(true, 0, scheme + " ", 0, scheme.length() + 1))
                .map(value -> value.substring(scheme.length() + 1).strip());
    }

    private static Optional<String> query(Request request, String name) {
        for (String pair : request.rawQuery().split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return Percent.decodeForm(pair.substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }
}
