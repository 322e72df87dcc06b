package io.fairlead.link.notifications.kas;

import io.fairlead.link.notifications.ProjectPushes;
import io.fairlead.link.notifications.rpc.GitPushEventRequest;
import io.fairlead.link.notifications.rpc.GitPushEventResponse;
import io.fairlead.link.notifications.rpc.NotificationsGrpc;
import io.fairlead.link.notifications.rpc.Project;
import io.fairlead.link.routing.OtherKas;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of pushes from GitLab, and passes them on to the other kas. Does not block. A kas that cannot be told looks each
 * configuration up in its own time ({@code poll_period}), so it is not waited for twice.
 */
public final class NotificationsService extends NotificationsGrpc.NotificationsImplBase {
    private static final Logger log = LoggerFactory.getLogger(NotificationsService.class);
    private static final Duration TELL_MAX = Duration.ofSeconds(3);

    private final ProjectPushes pushes;
    private final OtherKas others;

    /** @param others whom this kas passes the news on to; none where others pass theirs on */
    public NotificationsService(ProjectPushes pushes, OtherKas others) {
        this.pushes = pushes;
        this.others = others;
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
        others.channels().forEach(channel -> tell(channel, request));
        answer.onNext(GitPushEventResponse.getDefaultInstance());
        answer.onCompleted();
    }

    private static void tell(Channel channel, GitPushEventRequest request) {
        NotificationsGrpc.newStub(channel).withDeadlineAfter(TELL_MAX).gitPushEvent(request, new StreamObserver<>() {
            @Override
            public void onNext(GitPushEventResponse heard) {}

            @Override
            public void onError(Throwable error) {
                log.warn("another kas could not be told of a push: {}", Status.fromThrowable(error));
            }

            @Override
            public void onCompleted() {}
        });
    }
}
