package io.fairlead.forge.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.identity.User;
import io.fairlead.forge.key.KeyHolder;
import io.fairlead.forge.key.SshPublicKey;
import io.fairlead.forge.key.UserKey;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HolderPlacesTest {
    private static final SshPublicKey KEY = SshPublicKey.parse(
                    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINydCMw+VP9TQY9EzcilT8/JK4FhHHbKhh1zLG/5mB4/ flux@host")
            .orElseThrow();

    private final HolderPlaces<Integer> places = new HolderPlaces<>(5, 2);

    @Test
    void allKeysOfAPersonShareItsPlaces() {
        assertThat(places.enter(1, key(7, 70).counted())).isTrue();
        assertThat(places.enter(2, key(7, 71).counted())).isTrue();
        assertThat(places.enter(3, key(7, 72).counted())).isFalse();
        assertThat(places.enter(4, key(8, 80).counted())).isTrue();
        places.leave(1);
        assertThat(places.enter(5, key(7, 72).counted())).isTrue();
    }

    @Test
    void eachMachineHasItsOwnAndAllHaveABound() {
        assertThat(places.enter(1, new KeyHolder.Machine("7").counted())).isTrue();
        assertThat(places.enter(2, key(7, 70).counted())).isTrue();
        assertThat(places.enter(3, key(7, 70).counted())).isTrue();
        assertThat(places.enter(4, new KeyHolder.Machine("7").counted())).isTrue();
        assertThat(places.enter(5, new KeyHolder.Machine("8").counted())).isTrue();
        assertThat(places.enter(6, new KeyHolder.Machine("9").counted())).isFalse();
    }

    private static KeyHolder key(long person, long key) {
        User user = new User(
                person, "anna", "Anna", "anna@example.com", false, User.State.ACTIVE, User.Kind.HUMAN, Instant.EPOCH);
        return new KeyHolder.Person(user, new UserKey(key, person, "key " + key, KEY, Instant.EPOCH, null, null));
    }
}
