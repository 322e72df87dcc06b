package io.fairlead.link.notifications.kas;

import io.fairlead.link.notifications.ProjectPushes;
import io.fairlead.link.notifications.rpc.GitPushEventRequest;
import io.fairlead.link.notifications.rpc.GitPushEventResponse;
import io.fairlead.link.notifications.rpc.NotificationsGrpc;
import io.fairlead.link.notifications.rpc.Project;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** Hears of pushes from GitLab. Does not block. */
public final class NotificationsService extends NotificationsGrpc.NotificationsImplBase {
    private final ProjectPushes pushes;

    public NotificationsService(ProjectPushes pushes) {
        this.pushes = pushes;
    }

    @Override
    public void gitPushEvent(GitPushEventRequest request, StreamObserver<GitPushEventResponse> answer) {
        Project project = request.getEvent().getProject();
        if (project.getId() <= 0 || project.getFullPath().isEmpty()) {
            answer.onError(Status.INVALID_ARGUMENT
                    .withDescription("the event needs a project with an id above 0 and a full_path; it has id "
                            + project.getId() + " and full_path \"" + project.getFullPath() + "\"")
                    .asRuntimeException());
            return;
        }
        pushes.publish(new ProjectPushes.Push(project.getId(), project.getFullPath()));
        answer.onNext(GitPushEventResponse.getDefaultInstance());
        answer.onCompleted();
    }
}
