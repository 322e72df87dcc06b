package io.fairlead.link.explanation.agent;

import io.fairlead.kube.connection.BearerToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** As whom the agent itself is known to its API server: what its service account's token says; with other credentials nothing. */
final class OwnName {
    private static final JsonFactory JSON = new JsonFactory();

    private OwnName() {}

    static Optional<String> of(BearerToken token) {
        return token.current()
                .map(secret -> secret.split("\\.", -1))
                .filter(parts -> parts.length == 3)
                .flatMap(parts -> subject(parts[1]));
    }

    private static Optional<String> subject(String payload) {
        try (JsonParser in = JSON.createParser(
                ObjectReadContext.empty(),
                new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8))) {
            in.nextToken();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean subject = in.currentName().equals("sub");
                if (in.nextToken() == JsonToken.VALUE_STRING && subject) {
                    return Optional.of(in.getString());
                }
                in.skipChildren();
            }
            return Optional.empty();
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
