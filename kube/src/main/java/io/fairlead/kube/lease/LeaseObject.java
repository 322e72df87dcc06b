package io.fairlead.kube.lease;

import io.fairlead.base.error.FairleadException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/**
 * A Lease of coordination.k8s.io/v1, as far as leaders need it.
 *
 * @param resourceVersion empty for one that is to be made
 * @param holder who leads; empty when nobody does
 * @param transitions how often another became leader
 */
record LeaseObject(String resourceVersion, String holder, int transitions) {
    private static final JsonFactory JSON = new JsonFactory();

    static LeaseObject read(String json) {
        String version = "";
        String holder = "";
        int transitions = 0;
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String part = in.currentName();
                if (in.nextToken() != JsonToken.START_OBJECT || !(part.equals("metadata") || part.equals("spec"))) {
                    in.skipChildren();
                    continue;
                }
                while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = in.currentName();
                    JsonToken value = in.nextToken();
                    switch (name) {
                        case "resourceVersion" -> version = value == JsonToken.VALUE_STRING ? in.getString() : "";
                        case "holderIdentity" -> holder = value == JsonToken.VALUE_STRING ? in.getString() : "";
                        case "leaseTransitions" ->
                            transitions = value == JsonToken.VALUE_NUMBER_INT ? in.getIntValue() : 0;
                        default -> in.skipChildren();
                    }
                }
            }
        } catch (JacksonException e) {
            throw new FairleadException("kube.unintelligible", "the API server's Lease is not JSON", e);
        }
        return new LeaseObject(version, holder, transitions);
    }

    LeaseObject heldBy(String who) {
        return new LeaseObject(resourceVersion, who, who.equals(holder) ? transitions : transitions + 1);
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }

    /** Times have microseconds, as the API asks. */
    String json(String namespace, String name, int seconds, Instant now) {
        String version = resourceVersion.isEmpty() ? "" : ",\"resourceVersion\":" + quoted(resourceVersion);
        return "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"namespace\":"
                + quoted(namespace) + ",\"name\":" + quoted(name) + version + "},\"spec\":{"
                + (holder.isEmpty() ? "" : "\"holderIdentity\":" + quoted(holder) + ",")
                + "\"leaseDurationSeconds\":" + seconds + ",\"leaseTransitions\":" + transitions
                + ",\"renewTime\":\"" + micros(now) + "\"}}";
    }

    private static String micros(Instant now) {
        String text = now.truncatedTo(ChronoUnit.MICROS).plusNanos(1).toString();
        return text.substring(0, text.length() - "001Z".length()) + "Z";
    }
}
