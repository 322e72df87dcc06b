package io.fairlead.forge.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PermissionTest {
    private static Set<Permission> of(boolean signedIn, Role role, Visibility visibility) {
        Permission.Standing standing = new Permission.Standing(signedIn, false, role, visibility);
        Set<Permission> allowed = EnumSet.noneOf(Permission.class);
        for (Permission permission : Permission.values()) {
            if (permission.allows(standing)) {
                allowed.add(permission);
            }
        }
        return allowed;
    }

    private static Set<Permission> outsider(boolean signedIn, Visibility visibility) {
        Permission.Standing standing = new Permission.Standing(signedIn, false, null, visibility);
        Set<Permission> allowed = EnumSet.noneOf(Permission.class);
        for (Permission permission : Permission.values()) {
            if (permission.allows(standing)) {
                allowed.add(permission);
            }
        }
        return allowed;
    }

    @Test
    void outsidersMayOnlyReadWhatIsOpenToThem() {
        Set<Permission> reading = EnumSet.of(
                Permission.READ_PROJECT,
                Permission.DOWNLOAD_CODE,
                Permission.READ_MEMBERS,
                Permission.READ_ENVIRONMENTS,
                Permission.READ_GROUP,
                Permission.READ_GROUP_MEMBERS);
        assertThat(outsider(false, Visibility.PRIVATE)).isEmpty();
        assertThat(outsider(true, Visibility.PRIVATE)).isEmpty();
        assertThat(outsider(false, Visibility.INTERNAL)).isEmpty();
        assertThat(outsider(true, Visibility.INTERNAL)).isEqualTo(reading);
        assertThat(outsider(false, Visibility.PUBLIC)).isEqualTo(reading);
    }

    @Test
    void guestsOfAPrivateProjectDoNotReadItsCode() {
        assertThat(of(true, Role.GUEST, Visibility.PRIVATE))
                .isEqualTo(EnumSet.of(
                        Permission.READ_PROJECT,
                        Permission.READ_MEMBERS,
                        Permission.READ_GROUP,
                        Permission.READ_GROUP_MEMBERS));
    }

    @ParameterizedTest
    @EnumSource(Visibility.class)
    void eachRoleMayWhatTheOneBelowMay(Visibility visibility) {
        Set<Permission> before = outsider(true, visibility);
        for (Role role : Role.values()) {
            Set<Permission> now = of(true, role, visibility);
            assertThat(now).containsAll(before);
            before = now;
        }
        assertThat(before).isEqualTo(EnumSet.allOf(Permission.class));
    }

    @Test
    void onlyMaintainersManageAgents() {
        assertThat(of(true, Role.DEVELOPER, Visibility.PUBLIC)).doesNotContain(Permission.ADMIN_AGENTS);
        assertThat(of(true, Role.MAINTAINER, Visibility.PRIVATE)).contains(Permission.ADMIN_AGENTS);
    }
}
