/** What GitLab tells kas about pushes. Start reading at {@link io.fairlead.link.notifications.ProjectPushes}. */
@NullMarked
package io.fairlead.link.notifications;

import org.jspecify.annotations.NullMarked;
