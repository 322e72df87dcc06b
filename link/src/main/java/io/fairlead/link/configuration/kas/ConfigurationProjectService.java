package io.fairlead.link.configuration.kas;

import io.fairlead.base.error.FairleadException;
import io.fairlead.gitlab.api.GitalyInfo;
import io.fairlead.gitlab.api.GitalyRepository;
import io.fairlead.gitlab.gitaly.GitalyClient;
import io.fairlead.gitlab.gitaly.GitalyException;
import io.fairlead.link.configuration.rpc.AgentConfigFile;
import io.fairlead.link.configuration.rpc.ConfigurationProjectGrpc;
import io.fairlead.link.configuration.rpc.ListAgentConfigFilesRequest;
import io.fairlead.link.configuration.rpc.ListAgentConfigFilesResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists for GitLab the configuration files that a project has. Reads Gitaly on {@code threads}. */
public final class ConfigurationProjectService extends ConfigurationProjectGrpc.ConfigurationProjectImplBase {
    private static final String FOLDER = ".gitlab/agents";
    private static final Pattern FILE =
            Pattern.compile("\\.gitlab/agents/([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)/config\\.yaml");

    private final GitalyClient gitaly;
    private final Executor threads;

    public ConfigurationProjectService(GitalyClient gitaly, Executor threads) {
        this.gitaly = gitaly;
        this.threads = threads;
    }

    @Override
    public void listAgentConfigFiles(
            ListAgentConfigFilesRequest request, StreamObserver<ListAgentConfigFilesResponse> answer) {
        try {
            threads.execute(() -> list(request, answer));
        } catch (RejectedExecutionException e) {
            answer.onError(Status.UNAVAILABLE.withDescription("kas is stopping").asRuntimeException());
        }
    }

    private void list(ListAgentConfigFilesRequest request, StreamObserver<ListAgentConfigFilesResponse> answer) {
        ListAgentConfigFilesResponse files;
        try {
            files = files(request);
        } catch (IllegalArgumentException e) {
            answer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
            return;
        } catch (FairleadException e) {
            boolean state = e.code().equals(GitalyException.PRECONDITION);
            answer.onError((state ? Status.INVALID_ARGUMENT : Status.UNAVAILABLE)
                    .withDescription(e.getMessage())
                    .asRuntimeException());
            return;
        }
        answer.onNext(files);
        answer.onCompleted();
    }

    /** @throws IllegalArgumentException when the request does not name a repository */
    private ListAgentConfigFilesResponse files(ListAgentConfigFilesRequest request) {
        GitalyInfo info = new GitalyInfo(
                request.getGitalyInfo().getAddress(),
                request.getGitalyInfo().getToken(),
                request.getGitalyInfo().getFeaturesMap());
        GitalyRepository repository = new GitalyRepository(
                request.getRepository().getStorageName(),
                request.getRepository().getRelativePath(),
                request.getRepository().getGitObjectDirectory(),
                request.getRepository().getGitAlternateObjectDirectoriesList(),
                request.getRepository().getGlRepository(),
                request.getRepository().getGlProjectPath());
        String branch = request.getDefaultBranch().isEmpty() ? "HEAD" : "refs/heads/" + request.getDefaultBranch();
        ListAgentConfigFilesResponse.Builder files = ListAgentConfigFilesResponse.newBuilder();
        for (String path : gitaly.files(info, repository, branch, FOLDER)) {
            Matcher file = FILE.matcher(path);
            if (file.matches()) {
                files.addConfigFiles(AgentConfigFile.newBuilder().setName(path).setAgentName(file.group(1)));
            }
        }
        return files.build();
    }
}
