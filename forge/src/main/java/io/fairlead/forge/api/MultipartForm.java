package io.fairlead.forge.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts in a body of {@code multipart/form-data}, as curl's {@code -F} sends them. Files are refused: no route takes one. */
final class MultipartForm {
    private static final int PARTS_MAX = 1_000;
    private static final Pattern BOUNDARY = Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]{1,70})\"|([^;\\s]{1,70}))");
    private static final Pattern NAME = Pattern.compile("(?i);\\s*name=\"([^\"\\r\\n]{1,255})\"");
    private static final Pattern FILE = Pattern.compile("(?i);\\s*filename\\*?=");

    private MultipartForm() {}

    /** The texts with their names, in order. */
    static List<Map.Entry<String, String>> read(String contentType, byte[] body) {
        // Bytes as characters of the same number: boundaries are found as they are, texts are decoded apart.
        String raw = new String(body, StandardCharsets.ISO_8859_1);
        String delimiter = "\r\n--" + boundary(contentType).orElseThrow(MultipartForm::broken);
        String rest = "\r\n" + raw;
        int at = rest.indexOf(delimiter);
        List<Map.Entry<String, String>> texts = new ArrayList<>();
        for (int parts = 0; at >= 0; parts++) {
            int begin = at + delimiter.length();
            if (rest.startsWith("--", begin)) {
                return texts;
            }
            int end = rest.indexOf(delimiter, begin);
            int headersEnd = rest.indexOf("\r\n\r\n", begin);
            if (end < 0
                    || headersEnd < 0
                    || headersEnd + 4 > end
                    || parts == PARTS_MAX
                    || !rest.startsWith("\r\n", begin)) {
                throw broken();
            }
            add(texts, rest.substring(begin, headersEnd), rest.substring(headersEnd + 4, end));
            at = end;
        }
        throw broken();
    }

    private static void add(List<Map.Entry<String, String>> texts, String headers, String content) {
        if (FILE.matcher(headers).find()) {
            throw ApiError.error(415, "Files cannot be sent here.", Map.of());
        }
        Matcher name = NAME.matcher(headers);
        if (!name.find()) {
            throw broken();
        }
        texts.add(Map.entry(text(name.group(1)), text(content)));
    }

    private static String text(String raw) {
        return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static Optional<String> boundary(String contentType) {
        Matcher found = BOUNDARY.matcher(contentType);
        return found.find() ? Optional.of(found.group(1) == null ? found.group(2) : found.group(1)) : Optional.empty();
    }

    private static ApiError broken() {
        return ApiError.badParameter("the body is not valid multipart/form-data");
    }
}
