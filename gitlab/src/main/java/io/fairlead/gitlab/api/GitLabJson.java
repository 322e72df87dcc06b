package io.fairlead.gitlab.api;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How the records of this package become JSON and back: unknown keys are ignored, int64 may be a number or text. */
public final class GitLabJson {
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // A proto of GitLab's leaves out what is zero; each record says itself what it cannot do without.
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private GitLabJson() {}
}
