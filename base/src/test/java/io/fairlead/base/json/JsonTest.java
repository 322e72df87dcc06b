package io.fairlead.base.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import org.junit.jupiter.api.Test;

class JsonTest {
    private record Agent(long id, String name) {}

    @Test
    void readsARecordAndIgnoresMembersItDoesNotKnow() {
        assertThat(Json.read("{\"id\":7,\"name\":\"web\",\"newer\":{}}", Agent.class))
                .isEqualTo(new Agent(7, "web"));
    }

    @Test
    void keepsTheOffendingTextOutOfTheMessage() {
        assertThatThrownBy(() -> Json.read("{\"token\": secret-value", Agent.class))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("line 1")
                .hasMessageNotContaining("secret-value");
    }
}
