package io.fairlead.forge.hook;

import io.fairlead.forge.environment.Deployment;
import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.PushOption;
import io.fairlead.forge.git.Pusher;
import java.util.List;

/** Something that hooks are told about. */
public sealed interface HookEvent {
    /** What {@code X-Gitlab-Event} says. */
    String header();

    /** Whether a hook wants to know. */
    boolean wantedBy(Hook hook);

    /**
     * A branch moved, came or went.
     *
     * @param options of the push
     */
    record Push(Pusher pusher, PushEvent.Update update, List<PushOption> options) implements HookEvent {
        static final String HEADS = "refs/heads/";

        @Override
        public String header() {
            return "Push Hook";
        }

        @Override
        public boolean wantedBy(Hook hook) {
            return hook.settings().onPush() && hook.tells(update.ref().substring(HEADS.length()));
        }
    }

    /**
     * A tag came, moved or went.
     *
     * @param options of the push
     */
    record TagPush(Pusher pusher, PushEvent.Update update, List<PushOption> options) implements HookEvent {
        static final String TAGS = "refs/tags/";

        @Override
        public String header() {
            return "Tag Push Hook";
        }

        @Override
        public boolean wantedBy(Hook hook) {
            return hook.settings().onTag();
        }
    }

    /** A deployment began or ended. */
    record Deployed(Deployment deployment) implements HookEvent {
        @Override
        public String header() {
            return "Deployment Hook";
        }

        @Override
        public boolean wantedBy(Hook hook) {
            return hook.settings().onDeployment();
        }
    }
}
