package io.fairlead.link.kubeapi.kas;

/** An answer that kas gives itself. {@code text} is a sentence for the person at the other end, without secrets. */
record Refusal(int status, String text) {
    static Refusal unauthorized(String text) {
        return new Refusal(401, "Unauthorized: " + text);
    }

    static Refusal badRequest(String text) {
        return new Refusal(400, "Bad request: " + text);
    }
}
