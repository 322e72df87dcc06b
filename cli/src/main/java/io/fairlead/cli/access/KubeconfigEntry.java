package io.fairlead.cli.access;

import io.fairlead.base.env.Environment;
import io.fairlead.base.tls.TrustedCertificates;
import io.fairlead.base.yaml.YamlDocument;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One context of a kubeconfig that leads through kas.
 *
 * @param context its name
 * @param credential what kas is shown; a secret, and perhaps fetched by a program
 */
record KubeconfigEntry(
        String context,
        String server,
        Optional<SSLContext> tls,
        Supplier<String> credential,
        Optional<String> namespace) {
    /** Finds the file and the context as kubectl does, but for lists of files. */
    static KubeconfigEntry read(Optional<Path> named, Optional<String> contextName, Environment environment) {
        Path file = named.or(() -> environment.value("KUBECONFIG").map(Path::of))
                .or(() -> environment.value("HOME").map(home -> Path.of(home, ".kube", "config")))
                .filter(Files::isRegularFile)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "name the agent with --agent PROJECT:AGENT, or a kubeconfig with --kubeconfig"));
        Node root = YamlDocument.compose(file.toString(), text(file))
                .orElseThrow(() -> new CommandFailure(ExitCode.USAGE, file + " is empty"));
        String context = contextName
                .or(() -> member(root, "current-context").flatMap(KubeconfigEntry::scalar))
                .orElseThrow(() ->
                        new CommandFailure(ExitCode.USAGE, file + " has no current context; name one with --context"));
        Node link = entry(root, "contexts", context, "context", file);
        Node cluster = entry(root, "clusters", required(link, "cluster", file), "cluster", file);
        Node user = entry(root, "users", required(link, "user", file), "user", file);
        Supplier<String> credential = member(user, "token")
                .flatMap(KubeconfigEntry::scalar)
                .<Supplier<String>>map(token -> token::strip)
                .or(() -> member(user, "exec").map(exec -> program(exec, file)::token))
                .orElseThrow(
                        () -> new CommandFailure(
                                ExitCode.USAGE,
                                "the context " + context + " of " + file
                                        + " holds no token and names no program for one, as one that leads through kas does; name the agent with --agent"));
        return new KubeconfigEntry(
                context,
                required(cluster, "server", file),
                tls(cluster, file),
                credential,
                member(link, "namespace").flatMap(KubeconfigEntry::scalar));
    }

    /** The token stays out of logs and messages. */
    @Override
    public String toString() {
        return "context " + context + " -> " + server;
    }

    private static CredentialProgram program(Node exec, Path file) {
        String command = required(exec, "command", file);
        boolean beside = command.contains("/") && !command.startsWith("/");
        Map<String, String> environment = new LinkedHashMap<>();
        for (Node variable : items(exec, "env")) {
            environment.put(required(variable, "name", file), required(variable, "value", file));
        }
        return new CredentialProgram(
                beside ? file.toAbsolutePath().resolveSibling(command).toString() : command,
                items(exec, "args").stream()
                        .flatMap(argument -> scalar(argument).stream())
                        .toList(),
                environment);
    }

    private static List<Node> items(Node node, String name) {
        return member(node, name)
                .filter(SequenceNode.class::isInstance)
                .map(list -> ((SequenceNode) list).getValue())
                .orElse(List.of());
    }

    private static Optional<SSLContext> tls(Node cluster, Path file) {
        Optional<Path> named = member(cluster, "certificate-authority")
                .flatMap(KubeconfigEntry::scalar)
                .map(name -> file.toAbsolutePath().resolveSibling(name));
        if (named.isPresent()) {
            return named.map(TrustedCertificates::with);
        }
        return member(cluster, "certificate-authority-data")
                .flatMap(KubeconfigEntry::scalar)
                .map(KubeconfigEntry::trusting);
    }

    private static SSLContext trusting(String data) {
        try {
            Path pem = Files.createTempFile(
                    "fairlead-ca",
                    ".crt",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                Files.write(pem, Base64.getMimeDecoder().decode(data));
                return TrustedCertificates.with(pem);
            } finally {
                Files.delete(pem);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "the kubeconfig's certificate-authority-data cannot be read", e);
        }
    }

    private static Node entry(Node root, String list, String name, String content, Path file) {
        return member(root, list)
                .filter(SequenceNode.class::isInstance)
                .flatMap(all -> ((SequenceNode) all)
                        .getValue().stream()
                                .filter(one -> member(one, "name")
                                        .flatMap(KubeconfigEntry::scalar)
                                        .filter(name::equals)
                                        .isPresent())
                                .findFirst())
                .flatMap(one -> member(one, content))
                .orElseThrow(
                        () -> new CommandFailure(ExitCode.USAGE, file + " has no \"" + name + "\" among its " + list));
    }

    private static String required(Node node, String name, Path file) {
        return member(node, name)
                .flatMap(KubeconfigEntry::scalar)
                .orElseThrow(() -> new CommandFailure(ExitCode.USAGE, file + " lacks a " + name));
    }

    private static Optional<Node> member(Node node, String name) {
        if (!(node instanceof MappingNode mapping)) {
            return Optional.empty();
        }
        return mapping.getValue().stream()
                .filter(tuple -> scalar(tuple.getKeyNode()).filter(name::equals).isPresent())
                .map(NodeTuple::getValueNode)
                .findFirst();
    }

    private static Optional<String> scalar(Node node) {
        return node instanceof ScalarNode text ? Optional.of(text.getValue()) : Optional.empty();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, file + " cannot be read: " + e, e);
        }
    }
}
