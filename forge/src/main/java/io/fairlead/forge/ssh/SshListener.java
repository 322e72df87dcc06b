package io.fairlead.forge.ssh;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.net.ListenFailure;
import io.fairlead.forge.git.GitSessions;
import io.fairlead.forge.key.KeyHolder;
import io.fairlead.forge.key.KeyHolders;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The SSH server: whoever shows a known key as {@code git} may run the two commands of Git.
 *
 * <p>Closing cuts off what runs: a push that was cut off changes nothing.
 */
public final class SshListener implements Stage {
    private static final Duration STOP_MAX = Duration.ofSeconds(5);
    private static final int CHANNELS_MAX = 10;

    private final SshListenerConfig config;
    private final Path hostKey;
    private final KeySignIn signIn;
    private final GitSessions git;
    private @Nullable SshServer server;

    /** @param hostKey the file with the server's own key; made before, see {@link HostKey#generate} */
    public SshListener(SshListenerConfig config, Path hostKey, KeyHolders holders, GitSessions git) {
        this.config = config;
        this.hostKey = hostKey;
        this.signIn = new KeySignIn(holders);
        this.git = git;
    }

    @Override
    public void start() throws IOException {
        SshServer made = build();
        made.setKeyPairProvider(KeyPairProvider.wrap(
                HostKey.read(hostKey.toString(), Files.readString(hostKey, StandardCharsets.US_ASCII))));
        made.setHost(config.address().getAddress().getHostAddress());
        made.setPort(config.address().getPort());
        made.setUserAuthFactories(List.of(new UserAuthPublicKeyFactory()));
        made.setPublickeyAuthenticator(signIn);
        made.addSessionListener(new ConnectionLimits(config));
        made.setCommandFactory((channel, command) -> command(channel.getServerSession(), command));
        made.setShellFactory(channel -> shell(channel.getServerSession()));
        limit(made);
        try {
            made.start();
        } catch (IOException e) {
            throw ListenFailure.of("SSH", config.address(), e);
        }
        server = made;
    }

    /** Nothing that is broken, slow or not needed: one way in for each client of the last ten years. */
    private static SshServer build() {
        ServerBuilder builder = ServerBuilder.builder();
        builder.channelFactories(List.of(new ChannelSessionFactory() {
            @Override
            public GitChannel createChannel(Session session) {
                return new GitChannel();
            }
        }));
        builder.globalRequestHandlers(List.of(KeepAliveHandler.INSTANCE, NoMoreSessionsHandler.INSTANCE));
        builder.forwardingFilter(RejectAllForwardingFilter.INSTANCE);
        builder.compressionFactories(List.of(BuiltinCompressions.none));
        builder.cipherFactories(Stream.of(BuiltinCiphers.aes128gcm, BuiltinCiphers.aes256gcm, BuiltinCiphers.aes256ctr)
                .filter(BuiltinCiphers::isSupported)
                .map(cipher -> (org.apache.sshd.common.NamedFactory<org.apache.sshd.common.cipher.Cipher>) cipher)
                .toList());
        builder.macFactories(List.of(
                BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm, BuiltinMacs.hmacsha256, BuiltinMacs.hmacsha512));
        builder.keyExchangeFactories(Stream.of(
                        BuiltinDHFactories.mlkem768x25519,
                        BuiltinDHFactories.sntrup761x25519,
                        BuiltinDHFactories.sntrup761x25519_openssh,
                        BuiltinDHFactories.curve25519,
                        BuiltinDHFactories.curve25519_libssh,
                        BuiltinDHFactories.ecdhp256,
                        BuiltinDHFactories.ecdhp384,
                        BuiltinDHFactories.ecdhp521,
                        BuiltinDHFactories.dhg14_256)
                .filter(BuiltinDHFactories::isSupported)
                .map(ServerBuilder.DH2KEX)
                .toList());
        builder.signatureFactories(Stream.of(
                        BuiltinSignatures.ed25519,
                        BuiltinSignatures.sk_ssh_ed25519,
                        BuiltinSignatures.nistp256,
                        BuiltinSignatures.nistp384,
                        BuiltinSignatures.nistp521,
                        BuiltinSignatures.sk_ecdsa_sha2_nistp256,
                        BuiltinSignatures.rsaSHA512,
                        BuiltinSignatures.rsaSHA256)
                .filter(BuiltinSignatures::isSupported)
                .map(signature ->
                        (org.apache.sshd.common.NamedFactory<org.apache.sshd.common.signature.Signature>) signature)
                .toList());
        return builder.build();
    }

    private void limit(SshServer made) {
        CoreModuleProperties.AUTH_TIMEOUT.set(made, config.signInMax());
        CoreModuleProperties.IDLE_TIMEOUT.set(made, config.idleMax());
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(made, config.idleMax());
        CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(made, config.connectionsMax());
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(made, CHANNELS_MAX);
        CoreModuleProperties.STOP_WAIT_TIME.set(made, STOP_MAX);
        CoreModuleProperties.SERVER_IDENTIFICATION.set(made, "FAIRLEAD");
    }

    private Command command(ServerSession session, String line) {
        Optional<GitCommandLine> wanted = GitCommandLine.parse(line);
        return new GitCommand(
                (in, out, err, environment) -> {
                    Optional<KeyHolder> holder = signIn.holder(session);
                    if (holder.isEmpty()) {
                        return say(err, 1, "ERROR: Your SSH key has been removed.");
                    }
                    if (wanted.isEmpty()) {
                        return say(err, 1, "ERROR: The command you're trying to execute is not allowed.");
                    }
                    return git.serve(
                            new GitSessions.Client(holder.get(), () -> signIn.holder(session)),
                            wanted.get().service(),
                            wanted.get().path(),
                            protocol(environment),
                            new GitSessions.Streams(in, out, err));
                },
                config.commandMax());
    }

    /** As GitLab greets people who try out their key. */
    private Command shell(ServerSession session) {
        return new GitCommand(
                (in, out, err, environment) -> {
                    Optional<String> name = signIn.holder(session).map(SshListener::called);
                    return say(out, 0, "Welcome to Fairlead, " + name.orElse("stranger") + "!");
                },
                config.commandMax());
    }

    private static String called(KeyHolder holder) {
        return switch (holder) {
            case KeyHolder.Person person -> "@" + person.user().username();
            case KeyHolder.Machine _ -> "holder of a deploy key";
        };
    }

    private static List<String> protocol(Environment environment) {
        return Optional.ofNullable(environment.getEnv().get(GitChannel.PROTOCOL))
                .map(value -> List.of(value.split(":", -1)))
                .orElse(List.of());
    }

    private static int say(OutputStream out, int exitCode, String sentence) throws IOException {
        out.write((sentence + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        return exitCode;
    }

    /** Where it listens, with the port that was chosen when 0 was asked for; after {@link #start}. */
    public InetSocketAddress address() {
        if (server == null) {
            throw new IllegalStateException("the SSH server was not started");
        }
        return new InetSocketAddress(config.address().getAddress(), server.getPort());
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.stop(true);
        }
    }
}
