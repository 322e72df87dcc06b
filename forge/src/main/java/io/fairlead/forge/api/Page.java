package io.fairlead.forge.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;

/** The page of a list that a caller asks for: {@code page} from 1, {@code per_page} from 1 to 100. */
public record Page(int number, int size) {
    private static final int SIZE_DEFAULT = 20;
    private static final int SIZE_MAX = 100;
    private static final int NUMBER_MAX = 1_000_000;

    /** Longer lists are not counted to their end. GitLab's number. */
    public static final int COUNTED_MAX = 10_000;

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

    /** The answer to a list that is at hand as a whole. */
    public static <T> Reply answer(Exchange exchange, List<T> all, Function<? super T, ?> json) {
        Page page = of(exchange);
        return page.reply(exchange, page.part(all).stream().map(json).toList(), all.size());
    }

    /** This page of {@code all}. */
    public <T> List<T> part(List<T> all) {
        return all.stream().skip(offset()).limit(size).toList();
    }

    public long offset() {
        return (long) (number - 1) * size;
    }

    /**
     * The answer with GitLab's paging headers. {@code total} is the length of the whole list; above {@link #COUNTED_MAX} it
     * is not told, as GitLab does.
     */
    public Reply reply(Exchange exchange, List<?> items, long total) {
        boolean counted = total <= COUNTED_MAX;
        boolean more = counted ? number < pages(total) : items.size() == size;
        return reply(exchange, items, more, counted ? Optional.of(total) : Optional.empty());
    }

    private long pages(long total) {
        return Math.max(1, (total + size - 1) / size);
    }

    private Reply reply(Exchange exchange, List<?> items, boolean more, Optional<Long> total) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Page", Integer.toString(number));
        headers.put("X-Per-Page", Integer.toString(size));
        headers.put("X-Next-Page", more ? Integer.toString(number + 1) : "");
        headers.put("X-Prev-Page", number > 1 ? Integer.toString(number - 1) : "");
        StringJoiner links = new StringJoiner(", ");
        if (number > 1) {
            links.add(link(exchange.request(), "page=" + (number - 1), "prev"));
        }
        if (more) {
            links.add(link(exchange.request(), "page=" + (number + 1), "next"));
        }
        links.add(link(exchange.request(), "page=1", "first"));
        if (total.isPresent()) {
            headers.put("X-Total", Long.toString(total.get()));
            headers.put("X-Total-Pages", Long.toString(pages(total.get())));
            links.add(link(exchange.request(), "page=" + pages(total.get()), "last"));
        }
        headers.put("Link", links.toString());
        return new Reply.Json(200, headers, items);
    }

    /** The answer of a list that is not counted; {@code more} tells whether something comes after. */
    public Reply replyMore(Exchange exchange, List<?> items, boolean more) {
        return reply(exchange, items, more, Optional.empty());
    }

    /** The answer to a caller who goes on from what came last; {@code next} is where the rest begins, if there is one. */
    public Reply replyAfter(Exchange exchange, List<?> items, Optional<String> next) {
        return new Reply.Json(
                200,
                next.map(token -> Map.of("Link", link(exchange.request(), "page_token=" + token, "next")))
                        .orElse(Map.of()),
                items);
    }

    /** The answer to a caller who goes from id to id downwards; {@code next} is where the rest begins, if there is one. */
    public Reply replyBefore(Exchange exchange, List<?> items, Optional<Long> next) {
        return new Reply.Json(
                200,
                next.map(id -> Map.of("Link", link(exchange.request(), "id_before=" + id, "next")))
                        .orElse(Map.of()),
                items);
    }

    private String link(Request request, String where, String relation) {
        StringJoiner query = new StringJoiner("&");
        for (String pair : request.rawQuery().split("&", -1)) {
            // Credentials may come in the query; they are not repeated in an answer.
            if (!pair.isEmpty()
                    && !pair.matches("(page|per_page|id_before|page_token|private_token|access_token|job_token)=.*")) {
                query.add(pair);
            }
        }
        query.add(where).add("per_page=" + size);
        return "<" + BaseUrl.of(request) + request.rawPath() + "?" + query + ">; rel=\"" + relation + "\"";
    }
}
