package io.fairlead.forge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.testing.property.Property;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class FormNamesTest {
    private static String read(String... members) {
        ObjectNode values = ForgeJson.MAPPER.createObjectNode();
        for (String member : members) {
            int equals = member.indexOf('=');
            FormNames.put(values, member.substring(0, equals), member.substring(equals + 1));
        }
        return values.toString();
    }

    @Test
    void namesSayWhereAValueBelongs() {
        assertThat(read("a=1", "a=2")).isEqualTo("{\"a\":\"2\"}");
        assertThat(read("a[]=1", "a[]=2")).isEqualTo("{\"a\":[\"1\",\"2\"]}");
        assertThat(read("filter[environment_scope]=x")).isEqualTo("{\"filter\":{\"environment_scope\":\"x\"}}");
        assertThat(read("a[][x]=1", "a[][y]=2", "a[][x]=3"))
                .isEqualTo("{\"a\":[{\"x\":\"1\",\"y\":\"2\"},{\"x\":\"3\"}]}");
        assertThat(read("a[b][c]=1", "a[b][d]=2")).isEqualTo("{\"a\":{\"b\":{\"c\":\"1\",\"d\":\"2\"}}}");
        assertThat(read("[=1", "a]=2", "=3"))
                .as("names that say nothing are names")
                .contains("\"[\":\"1\"");
    }

    @Test
    void contradictionsAreRefused() {
        for (String[] members : List.of(
                new String[] {"a=1", "a[]=2"},
                new String[] {"a[b]=1", "a[]=2"},
                new String[] {"a[]=1", "a[b]=2"},
                new String[] {"a[][]=1"},
                new String[] {"a[b][c][d][e][f][g]=1"})) {
            assertThatThrownBy(() -> read(members))
                    .as("%s", List.of(members))
                    .isInstanceOf(ApiError.class)
                    .hasMessageStartingWith("400");
        }
    }

    @Test
    void whateverIsReadIsRefusedOrShallow() {
        Property.holds(any -> {
            ObjectNode values = ForgeJson.MAPPER.createObjectNode();
            for (String name : any.list(8, one -> one.joined(9, List.of("a", "b", "[", "]", "[]", "[a]", "[b]", "")))) {
                try {
                    FormNames.put(values, name, "v");
                } catch (ApiError e) {
                    assertThat(e.reply().status()).isEqualTo(400);
                }
            }
            assertThat(depth(values)).isLessThan(14);
        });
    }

    private static int depth(JsonNode tree) {
        Deque<JsonNode> level = new ArrayDeque<>(List.of(tree));
        int depth = 0;
        while (!level.isEmpty()) {
            Deque<JsonNode> next = new ArrayDeque<>();
            level.forEach(node -> node.forEach(next::add));
            level = next;
            depth++;
        }
        return depth;
    }
}
