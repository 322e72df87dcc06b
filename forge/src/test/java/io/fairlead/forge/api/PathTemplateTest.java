package io.fairlead.forge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.testing.property.Property;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PathTemplateTest {
    private static Optional<String> match(String template, String path, String parameter) {
        PathTemplate compiled = new PathTemplate(template);
        var segments = PathTemplate.split(path);
        return compiled.matches(segments)
                ? compiled.parameters(segments).map(found -> found.text(parameter))
                : Optional.empty();
    }

    @Test
    void takesOneRawSegmentAndDecodesIt() {
        assertThat(match("/projects/:id", "/projects/a%2Fb", "id")).contains("a/b");
        assertThat(match("/projects/:id", "/projects/a/b", "id")).isEmpty();
        assertThat(match("/projects/:id", "/projects/", "id")).isEmpty();
        assertThat(match("/projects/:id", "/projects//a", "id")).isEmpty();
    }

    @Test
    void normalisesNothing() {
        assertThat(match("/projects/:id", "/x/../projects/1", "id")).isEmpty();
        assertThat(match("/projects/:id", "/%70rojects/1", "id")).isEmpty();
        assertThat(match("/projects/:id", "/projects/..", "id")).contains("..");
    }

    @Test
    void takesSeveralSegmentsInFront() {
        assertThat(match("/*path/info/refs", "/a/b/c.git/info/refs", "path")).contains("a/b/c.git");
        assertThat(match("/*path/info/refs", "/info/refs", "path")).isEmpty();
    }

    @Test
    void refusesSeveralSegmentsElsewhere() {
        assertThatThrownBy(() -> new PathTemplate("/a/*b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neverThrowsOnAnyPath() {
        Property.holds(any -> {
            String path = any.text();
            for (String template : new String[] {"/projects/:id", "/*path/info/refs"}) {
                String parameter = template.contains("id") ? "id" : "path";
                assertThat(match(template, "/" + path, parameter)).isNotNull();
                assertThat(match(template, "/projects/" + path, parameter)).isNotNull();
            }
        });
    }
}
