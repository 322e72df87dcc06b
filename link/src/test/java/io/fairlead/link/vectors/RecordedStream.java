package io.fairlead.link.vectors;

import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One RPC between agentk and kas as it was recorded: the originals of version 16.5.
 *
 * @param frames the messages in order; the events between them, but the ends, are left out
 * @param ends how kas ended the stream; one, or none where the recording was over first
 */
public record RecordedStream(int number, String method, List<Frame> frames, List<Status.Code> ends) {
    /**
     * @param fromAgent otherwise from kas
     * @param end this is not a message but the sender's end of the stream, by half-close or with status OK
     */
    @SuppressWarnings("ArrayRecordComponent") // Read, never compared.
    public record Frame(boolean fromAgent, boolean end, byte[] bytes) {}

    public static Collection<RecordedStream> all() {
        Map<Integer, RecordedStream> streams = new TreeMap<>();
        JsonMapper json = JsonMapper.builder().build();
        try (InputStream in = RecordedStream.class.getResourceAsStream("/vectors/agentk-kas-16.5.jsonl")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.split("\n")) {
                add(streams, json.readTree(line));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return streams.values();
    }

    /** The tunnel streams among them. */
    public static Collection<RecordedStream> tunnels() {
        return all().stream()
                .filter(stream -> stream.method().endsWith("/Connect"))
                .toList();
    }

    private static void add(Map<Integer, RecordedStream> streams, JsonNode line) {
        int number = line.get("stream").intValue();
        RecordedStream stream = streams.computeIfAbsent(
                number,
                key -> new RecordedStream(
                        key, line.get("method").stringValue(), new ArrayList<>(), new ArrayList<>(1)));
        boolean fromAgent = line.path("frm").asString("").equals("agentk");
        if (line.has("data")) {
            byte[] bytes = Base64.getDecoder().decode(line.get("data").stringValue());
            stream.frames.add(new Frame(fromAgent, false, bytes));
            return;
        }
        String event = line.get("event").stringValue();
        if (event.equals("end")) {
            stream.ends.add(Status.Code.valueOf(line.get("status").stringValue()));
        }
        boolean ended = event.equals("half-close") || (event.equals("end") && stream.ends.getFirst() == Status.Code.OK);
        if (ended) {
            stream.frames.add(new Frame(fromAgent, true, new byte[0]));
        }
    }
}
