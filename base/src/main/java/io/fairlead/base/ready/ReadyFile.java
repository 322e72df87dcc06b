package io.fairlead.base.ready;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a process writes to its ready file once it serves; members that do not apply are left out. The file appears whole
 * or not at all, and is removed when the process stops.
 *
 * @param url the public address over HTTPS: pages, REST, Git
 * @param httpUrl the same in clear text, for the machine itself
 * @param kasUrl what agents are given as kas address
 * @param k8sProxyUrl where kubectl is sent
 * @param grpcUrl kas address for agents that speak gRPC without WebSocket
 * @param observabilityUrl metrics and probes
 * @param caFile certificates to trust for the HTTPS addresses
 * @param adminTokenFile a token of the administrator
 */
public record ReadyFile(
        Optional<String> url,
        Optional<String> httpUrl,
        Optional<String> kasUrl,
        Optional<String> k8sProxyUrl,
        Optional<String> grpcUrl,
        Optional<String> observabilityUrl,
        Optional<String> caFile,
        Optional<String> adminTokenFile) {

    /** A process of which only metrics and probes are known, such as agentk. */
    public static ReadyFile observable(String observabilityUrl) {
        Optional<String> none = Optional.empty();
        return new ReadyFile(none, none, none, none, none, Optional.of(observabilityUrl), none, none);
    }

    /** Writes it so that a reader sees all of it or nothing. */
    public void write(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Path whole = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(whole, json());
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new FairleadException("ready-file.unwritable", "the ready file " + file + " cannot be written", e);
        }
    }

    /** Written by hand: an agent that never needs more JSON than this should not load a mapper for it. */
    private String json() {
        StringWriter text = new StringWriter();
        JsonFactory factory = new JsonFactory();
        try (JsonGenerator out = factory.createGenerator(ObjectWriteContext.empty(), text)) {
            out.writeStartObject();
            url.ifPresent(value -> out.writeStringProperty("url", value));
            httpUrl.ifPresent(value -> out.writeStringProperty("httpUrl", value));
            kasUrl.ifPresent(value -> out.writeStringProperty("kasUrl", value));
            k8sProxyUrl.ifPresent(value -> out.writeStringProperty("k8sProxyUrl", value));
            grpcUrl.ifPresent(value -> out.writeStringProperty("grpcUrl", value));
            observabilityUrl.ifPresent(value -> out.writeStringProperty("observabilityUrl", value));
            caFile.ifPresent(value -> out.writeStringProperty("caFile", value));
            adminTokenFile.ifPresent(value -> out.writeStringProperty("adminTokenFile", value));
            out.writeEndObject();
        }
        // One member a line, so that shell scripts can pick one.
        return text.toString()
                .replace("\",\"", "\",\n\"")
                .replace("{\"", "{\n\"")
                .replace("\"}", "\"\n}\n");
    }

    /** What {@code file} says, or nothing when no process that writes it is ready. */
    public static Optional<ReadyFile> read(Path file) {
        try {
            return Optional.of(Json.read(Files.readString(file), ReadyFile.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new FairleadException("ready-file.unreadable", "the ready file " + file + " cannot be read", e);
        }
    }
}
