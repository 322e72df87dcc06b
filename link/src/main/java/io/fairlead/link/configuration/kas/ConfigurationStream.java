package io.fairlead.link.configuration.kas;

import io.fairlead.agentcfg.AgentConfiguration;
import io.fairlead.agentcfg.ConfigurationFile;
import io.fairlead.link.configuration.rpc.ConfigurationResponse;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * One GetConfiguration call.
 *
 * <p>States: open, then ended (by the agent, by an error, or because the connection is old). While the agent does not read,
 * only the newest configuration waits.
 *
 * <p>The monitor guards the state and is held while something is sent: gRPC's sending side belongs to one thread at a time,
 * and nothing may follow the end. That cannot stop up, because gRPC hands on to the connection's event loop and calls back
 * from there, later. {@code onEnd} is called without it.
 */
final class ConfigurationStream implements Subscriber {
    private final ServerCallStreamObserver<ConfigurationResponse> answer;
    private final AgentToken token;
    private final String gitlabExternalUrl;
    private final Runnable onEnd;
    private volatile AgentInfo agent;
    private volatile String commit;
    private @Nullable ConfigurationResponse waiting;
    private boolean ended;

    /** @param onEnd run once when the stream has ended for whatever reason; must not block */
    ConfigurationStream(
            ServerCallStreamObserver<ConfigurationResponse> answer,
            AgentToken token,
            AgentInfo agent,
            String commit,
            String gitlabExternalUrl,
            Runnable onEnd) {
        this.answer = answer;
        this.token = token;
        this.agent = agent;
        this.commit = commit;
        this.gitlabExternalUrl = gitlabExternalUrl;
        this.onEnd = onEnd;
    }

    @Override
    public AgentToken token() {
        return token;
    }

    @Override
    public AgentInfo agent() {
        return agent;
    }

    @Override
    public void agent(AgentInfo now) {
        // A project keeps its number for ever; the watch relies on that.
        if (now.projectId() == agent.projectId()) {
            agent = now;
        }
    }

    @Override
    public String commit() {
        return commit;
    }

    @Override
    public synchronized void configured(Reading.Configured reading) {
        if (ended) {
            return;
        }
        commit = reading.commit();
        waiting = ConfigurationResponse.newBuilder()
                .setCommitId(reading.commit())
                .setConfiguration(configuration(reading.file()))
                .build();
        flush();
    }

    private AgentConfiguration configuration(ConfigurationFile file) {
        AgentConfiguration.Builder configuration = AgentConfiguration.newBuilder()
                .setAgentId(agent.agentId())
                .setProjectId(agent.projectId())
                .setProjectPath(agent.projectPath())
                .setGitlabExternalUrl(gitlabExternalUrl);
        if (file.hasGitops()) {
            configuration.setGitops(file.getGitops());
        }
        if (file.hasObservability()) {
            configuration.setObservability(file.getObservability());
        }
        if (file.hasCiAccess()) {
            configuration.setCiAccess(file.getCiAccess());
        }
        if (file.hasContainerScanning()) {
            configuration.setContainerScanning(file.getContainerScanning());
        }
        if (file.hasRemoteDevelopment()) {
            configuration.setRemoteDevelopment(file.getRemoteDevelopment());
        }
        if (file.hasFlux()) {
            configuration.setFlux(file.getFlux());
        }
        return configuration.build();
    }

    /** Sends what waits, if the agent reads. */
    synchronized void flush() {
        ConfigurationResponse next = waiting;
        if (next != null && !ended && answer.isReady()) {
            waiting = null;
            answer.onNext(next);
        }
    }

    @Override
    public void failed(Status status) {
        end(() -> answer.onError(status.asRuntimeException()));
    }

    /** The connection is old: the agent comes again on a new one, with the commit it has. */
    void complete() {
        end(answer::onCompleted);
    }

    /** The agent is gone. */
    void cancelled() {
        end(() -> {});
    }

    private void end(Runnable last) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            last.run();
        }
        onEnd.run();
    }
}
