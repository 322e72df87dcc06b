package io.fairlead.cli.forge;

import io.fairlead.base.env.Environment;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.PrivateFolder;
import io.fairlead.cli.output.SecretFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Where one is signed in, the latest first: a file that only its owner can read, and the one place in which a secret of long
 * life stays.
 */
public final class SignIns {
    /** More servers than anybody has; the one that was signed in to longest ago goes. */
    private static final int SERVERS_MAX = 50;

    private static final long BYTES_MAX = 1 << 20;

    private final Path file;
    private final CommandContext context;

    private SignIns(Path file, CommandContext context) {
        this.file = file;
        this.context = context;
    }

    /** {@code fairlead/sign-ins.json} below the XDG configuration folder. */
    public static SignIns of(CommandContext context) {
        Environment environment = context.environment();
        Path folder = environment
                .value("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(environment.value("HOME").orElse("."), ".config"))
                .resolve("fairlead");
        return new SignIns(folder.resolve("sign-ins.json"), context);
    }

    public Path file() {
        return file;
    }

    /** The server that was signed in to last. */
    public Optional<SignIn> latest() {
        return all().stream().findFirst();
    }

    public Optional<SignIn> at(URI url) {
        return all().stream().filter(one -> one.url().equals(url)).findFirst();
    }

    /** Puts one in the place of what was there for its server. */
    public void keep(SignIn signIn) {
        List<SignIn> kept = new ArrayList<>(List.of(signIn));
        all().stream().filter(one -> !one.url().equals(signIn.url())).forEach(kept::add);
        write(kept.subList(0, Math.min(kept.size(), SERVERS_MAX)));
    }

    public void forget(SignIn signIn) {
        write(all().stream().filter(one -> !one.url().equals(signIn.url())).toList());
    }

    private List<SignIn> all() {
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException("it is larger than 1 MiB");
            }
            List<SignIn> all = new ArrayList<>();
            for (JsonNode one : Json.tree(Files.readString(file)).path("servers")) {
                all.add(new SignIn(
                        URI.create(one.path("url").asString()),
                        one.path("token").asString(),
                        Optional.of(one.path("ca_file").asString(""))
                                .filter(name -> !name.isEmpty())
                                .map(Path::of)));
            }
            return all;
        } catch (IOException | FairleadException | IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "where you are signed in cannot be read from " + file
                            + "; remove that file and sign in with \"fairlead login URL\"",
                    e);
        }
    }

    private void write(List<SignIn> all) {
        List<Map<String, String>> servers = new ArrayList<>();
        for (SignIn one : all) {
            Map<String, String> members = new LinkedHashMap<>();
            members.put("url", one.url().toString());
            members.put("token", one.token());
            one.caFile().ifPresent(ca -> members.put("ca_file", ca.toString()));
            servers.add(members);
        }
        PrivateFolder.create(file.toAbsolutePath().getParent());
        SecretFile.write(file.toString(), Json.writePretty(Map.of("servers", servers)) + "\n", true, context);
    }
}
