package io.fairlead.forge.member;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** A share as projects and groups show it in {@code shared_with_groups}. */
public record ShareJson(
        long groupId,
        String groupName,
        String groupFullPath,
        int groupAccessLevel,
        @Nullable String expiresAt) {
    public static ShareJson of(Share share) {
        LocalDate expires = share.expiresOn();
        return new ShareJson(
                share.groupId(),
                share.groupName(),
                share.groupFullPath(),
                share.most().level(),
                expires == null ? null : expires.toString());
    }
}
