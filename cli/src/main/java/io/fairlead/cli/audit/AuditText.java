package io.fairlead.cli.audit;

import io.fairlead.cli.output.VisibleText;
import tools.jackson.databind.JsonNode;

/** A record as one line for people. */
final class AuditText {
    private AuditText() {}

    static String of(JsonNode record) {
        // One line of its own, whatever somebody has written into a name.
        return VisibleText.of(line(record)).replace("\n", "\\u000a").replace("\t", "\\u0009");
    }

    private static String line(JsonNode record) {
        String phase = text(record, "phase");
        StringBuilder line = new StringBuilder(text(record, "time"));
        if (phase.equals("dropped")) {
            return line.append(" (")
                    .append(record.path("count").asLong())
                    .append(" records were lost)")
                    .toString();
        }
        line.append(' ')
                .append(text(record, "decision"))
                .append(' ')
                .append(record.path("status").asInt());
        line.append(' ').append(who(record));
        line.append(" at agent ")
                .append(
                        text(record, "agent").isEmpty()
                                ? record.path("agent_id").asLong()
                                : text(record, "agent"));
        line.append(": ").append(what(record));
        if (phase.equals("begin")) {
            return line.append(" (begins)").toString();
        }
        line.append(" (").append(record.path("duration_ms").asLong()).append(" ms, in ");
        line.append(record.path("bytes_in").asLong())
                .append(", out ")
                .append(record.path("bytes_out").asLong())
                .append(" bytes)");
        String why = text(record, "reason");
        return (why.isEmpty() ? line : line.append(": ").append(why)).toString();
    }

    private static String who(JsonNode record) {
        String user = text(record, "user").isEmpty() ? "nobody" : text(record, "user");
        String job = record.has("job_id") ? " in job " + record.path("job_id").asLong() : "";
        String as = text(record, "as").isEmpty() ? "" : " as " + text(record, "as");
        return user + job + as;
    }

    private static String what(JsonNode record) {
        StringBuilder what = new StringBuilder(text(record, "verb")).append(' ');
        if (text(record, "resource").isEmpty()) {
            return what.append(text(record, "path")).toString();
        }
        what.append(text(record, "resource"));
        if (!text(record, "api_group").isEmpty()) {
            what.append('.').append(text(record, "api_group"));
        }
        append(what, "/", text(record, "subresource"));
        append(what, " ", text(record, "name"));
        append(what, " in ", text(record, "namespace"));
        return what.toString();
    }

    private static void append(StringBuilder to, String before, String text) {
        if (!text.isEmpty()) {
            to.append(before).append(text);
        }
    }

    private static String text(JsonNode record, String key) {
        return record.path(key).asString("");
    }
}
