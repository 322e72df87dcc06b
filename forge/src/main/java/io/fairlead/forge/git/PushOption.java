package io.fairlead.forge.git;

/**
 * One {@code git push -o}, of those that GitLab knows.
 *
 * @param name its full name, such as {@code ci.skip}
 * @param value what stands behind {@code =}; empty when nothing does
 */
public record PushOption(String name, String value) {}
