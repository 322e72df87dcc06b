/** Takes notices from GitLab. Start reading at {@link io.fairlead.link.notifications.kas.NotificationsService}. */
@NullMarked
package io.fairlead.link.notifications.kas;

import org.jspecify.annotations.NullMarked;
