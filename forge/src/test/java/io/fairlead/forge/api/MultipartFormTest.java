package io.fairlead.forge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.testing.property.Property;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MultipartFormTest {
    private static final String TYPE = "multipart/form-data; boundary=xYz";

    private static List<Map.Entry<String, String>> read(String body) {
        return MultipartForm.read(TYPE, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String form(Map<String, String> texts) {
        StringBuilder body = new StringBuilder();
        texts.forEach((name, value) -> body.append("--xYz\r\nContent-Disposition: form-data; name=\"")
                .append(name)
                .append("\"\r\n\r\n")
                .append(value)
                .append("\r\n"));
        return body.append("--xYz--\r\n").toString();
    }

    @Test
    void readsWhatCurlSends() {
        assertThat(
                        read(
                                "--xYz\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nmy app\r\n--xYz\r\n"
                                        + "content-disposition: FORM-DATA; name=\"scopes[]\"\r\nContent-Type: text/plain\r\n\r\na\r\nb\r\n--xYz--"))
                .containsExactly(Map.entry("name", "my app"), Map.entry("scopes[]", "a\r\nb"));
        assertThat(read("--xYz--\r\n")).isEmpty();
        assertThat(MultipartForm.read(
                        "multipart/form-data;charset=utf-8; Boundary=\"x Y\"",
                        "--x Y\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n\u00e4\r\n--x Y--\r\n"
                                .getBytes(StandardCharsets.UTF_8)))
                .containsExactly(Map.entry("n", "\u00e4"));
    }

    @Test
    void refusesFilesAndWhatIsBroken() {
        assertThatThrownBy(() -> read(
                        "--xYz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nx\r\n--xYz--\r\n"))
                .isInstanceOf(ApiError.class)
                .hasMessageContaining("415");
        for (String body : List.of(
                "",
                "x",
                "--xYz",
                "--xYz\r\n",
                "--xYz\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv",
                "--xYz\r\nContent-Disposition: form-data\r\n\r\nv\r\n--xYz--\r\n",
                "--xYzContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n--xYz--\r\n")) {
            assertThatThrownBy(() -> read(body)).as(body).isInstanceOf(ApiError.class);
        }
        assertThatThrownBy(() -> MultipartForm.read("multipart/form-data", new byte[0]))
                .isInstanceOf(ApiError.class);
    }

    @Test
    void whatIsWrittenIsReadAgainAndNothingElseFailsOtherwise() {
        Property.holds(any -> {
            Map<String, String> texts = new LinkedHashMap<>();
            for (int i = any.integer(0, 4); i > 0; i--) {
                String text = any.text().replaceAll("[\\ud800-\\udfff]", "");
                texts.put("n" + i, text.contains("--xYz") ? "" : text);
            }
            assertThat(read(form(texts))).isEqualTo(List.copyOf(texts.entrySet()));
            try {
                read(any.joined(
                        12,
                        List.of("--xYz", "--", "\r\n", "\r\n\r\n", ": ", "name=\"a\"", "Content-Disposition", "x")));
            } catch (ApiError e) {
                assertThat(e.reply().status()).isIn(400, 415);
            }
        });
    }
}
