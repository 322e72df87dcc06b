package io.fairlead.link.configuration.kas;

import io.fairlead.base.time.Scheduler;
import io.fairlead.link.configuration.rpc.AgentConfigurationGrpc;
import io.fairlead.link.configuration.rpc.ConfigurationRequest;
import io.fairlead.link.configuration.rpc.ConfigurationResponse;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.link.tracker.AgentConnections;
import io.fairlead.wire.grpc.ConnectionLife;
import io.fairlead.wire.grpc.StreamEnd;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Gives agents their configuration and every change of it. Does not block; needs {@link AgentToken#OF_CALL} in the context. */
public final class ConfigurationService extends AgentConfigurationGrpc.AgentConfigurationImplBase {
    private final AgentTokens tokens;
    private final ProjectConfigurations projects;
    private final AgentConnections connections;
    private final StreamEnd streamEnd;
    private final Scheduler time;
    private final RandomGenerator random;

    public ConfigurationService(
            AgentTokens tokens,
            ProjectConfigurations projects,
            AgentConnections connections,
            StreamEnd streamEnd,
            Scheduler time,
            RandomGenerator random) {
        this.tokens = tokens;
        this.projects = projects;
        this.connections = connections;
        this.streamEnd = streamEnd;
        this.time = time;
        this.random = random;
    }

    @Override
    public void getConfiguration(ConfigurationRequest request, StreamObserver<ConfigurationResponse> answer) {
        if (AgentConnections.tooLarge(request.getAgentMeta())) {
            answer.onError(AgentConnections.TOO_LARGE.asRuntimeException());
            return;
        }
        Call call =
                new Call(request, (ServerCallStreamObserver<ConfigurationResponse>) answer, AgentToken.OF_CALL.get());
        call.begin();
    }

    /**
     * The life of one call before and around its stream.
     *
     * <p>States: asking (who is it; again and again while GitLab is away), streaming, over.
     *
     * <p>The call is ended under the monitor, so that nothing is sent after its end: gRPC's sending side belongs to one thread
     * at a time. That cannot stop up, because gRPC hands on to the connection's event loop and calls back from there, later.
     */
    private final class Call {
        private final ConfigurationRequest request;
        private final ServerCallStreamObserver<ConfigurationResponse> answer;
        private final AgentToken token;
        private ConnectionLife.@Nullable Registration wish;
        private @Nullable ConfigurationStream stream;
        private AgentConnections.@Nullable Connection connection;
        private boolean over;
        private int failures;

        Call(ConfigurationRequest request, ServerCallStreamObserver<ConfigurationResponse> answer, AgentToken token) {
            this.request = request;
            this.answer = answer;
            this.token = token;
        }

        void begin() {
            answer.setOnCancelHandler(() -> finish(ConfigurationStream::cancelled, () -> {}));
            answer.setOnReadyHandler(this::ready);
            ConnectionLife.Registration made =
                    streamEnd.onStreamsShouldEnd(() -> finish(ConfigurationStream::complete, answer::onCompleted));
            boolean late;
            synchronized (this) {
                wish = made;
                late = over;
            }
            if (late) {
                made.cancel();
            } else {
                ask();
            }
        }

        private void ask() {
            tokens.authenticate(token).whenComplete((agent, failure) -> {
                if (failure == null) {
                    stream(agent);
                    return;
                }
                Status status = Status.fromThrowable(failure);
                if (status.getCode() == Status.Code.UNAVAILABLE) {
                    synchronized (this) {
                        if (!over) {
                            failures++;
                            time.schedule(ProjectWatch.BACKOFF.afterFailures(failures, random), this::ask);
                        }
                    }
                } else {
                    finish(stream -> stream.failed(status), () -> answer.onError(status.asRuntimeException()));
                }
            });
        }

        private void stream(AgentInfo agent) {
            ConfigurationStream opened;
            synchronized (this) {
                if (over) {
                    return;
                }
                opened = new ConfigurationStream(
                        answer,
                        token,
                        agent,
                        request.getCommitId(),
                        projects.config().gitlabExternalUrl(),
                        this::ended);
                stream = opened;
                if (!request.getSkipRegister()) {
                    connection =
                            connections.connected(agent, random.nextLong(0, Long.MAX_VALUE), request.getAgentMeta());
                }
            }
            projects.add(opened);
            synchronized (this) {
                if (over) {
                    projects.remove(opened);
                }
            }
        }

        private void ready() {
            ConfigurationStream open;
            synchronized (this) {
                open = stream;
            }
            if (open != null) {
                open.flush();
            }
        }

        /** Ends the stream, or the call itself when there is no stream yet. */
        private void finish(java.util.function.Consumer<ConfigurationStream> endStream, Runnable endCall) {
            ConfigurationStream open;
            synchronized (this) {
                if (over) {
                    return;
                }
                open = stream;
                if (open == null) {
                    over = true;
                    endCall.run();
                }
            }
            if (open != null) {
                endStream.accept(open);
            } else {
                release();
            }
        }

        private void ended() {
            ConfigurationStream open;
            synchronized (this) {
                over = true;
                open = stream;
            }
            if (open != null) {
                projects.remove(open);
            }
            release();
        }

        private void release() {
            ConnectionLife.Registration made;
            AgentConnections.Connection held;
            synchronized (this) {
                made = wish;
                held = connection;
            }
            if (made != null) {
                made.cancel();
            }
            if (held != null) {
                held.close();
            }
        }
    }
}
