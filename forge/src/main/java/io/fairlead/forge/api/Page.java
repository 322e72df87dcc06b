package io.fairlead.forge.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** The page of a list that a caller asks for: {@code page} from 1, {@code per_page} from 1 to 100. */
public record Page(int number, int size) {
    private static final int SIZE_DEFAULT = 20;
    private static final int SIZE_MAX = 100;
    private static final int NUMBER_MAX = 1_000_000;

    public static Page of(Exchange exchange) {
        long number = exchange.parameters().number("page").orElse(1);
        long size = exchange.parameters().number("per_page").orElse(SIZE_DEFAULT);
        if (number < 1 || number > NUMBER_MAX) {
            throw ApiError.badParameter("page does not have a valid value");
        }
        if (size < 1) {
            throw ApiError.badParameter("per_page does not have a valid value");
        }
        return new Page((int) number, (int) Math.min(size, SIZE_MAX));
    }

    public long offset() {
        return (long) (number - 1) * size;
    }

    /** The answer with GitLab's paging headers; {@code total} is the length of the whole list. */
    public Reply reply(Exchange exchange, List<?> items, long total) {
        long pages = Math.max(1, (total + size - 1) / size);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Page", Integer.toString(number));
        headers.put("X-Per-Page", Integer.toString(size));
        headers.put("X-Next-Page", number < pages ? Integer.toString(number + 1) : "");
        headers.put("X-Prev-Page", number > 1 ? Integer.toString(number - 1) : "");
        headers.put("X-Total", Long.toString(total));
        headers.put("X-Total-Pages", Long.toString(pages));
        headers.put("Link", links(exchange.request(), pages));
        return new Reply.Json(200, headers, items);
    }

    private String links(Request request, long pages) {
        StringJoiner links = new StringJoiner(", ");
        if (number > 1) {
            links.add(link(request, number - 1, "prev"));
        }
        if (number < pages) {
            links.add(link(request, number + 1, "next"));
        }
        links.add(link(request, 1, "first"));
        links.add(link(request, pages, "last"));
        return links.toString();
    }

    private String link(Request request, long page, String relation) {
        StringJoiner query = new StringJoiner("&");
        for (String pair : request.rawQuery().split("&", -1)) {
            // Credentials may come in the query; they are not repeated in an answer.
            if (!pair.isEmpty() && !pair.matches("(page|per_page|private_token|access_token|job_token)=.*")) {
                query.add(pair);
            }
        }
        query.add("page=" + page).add("per_page=" + size);
        return "<" + BaseUrl.of(request) + request.rawPath() + "?" + query + ">; rel=\"" + relation + "\"";
    }
}
