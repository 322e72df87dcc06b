package io.fairlead.link.flux.agent;

/**
 * A GitRepository of Flux's.
 *
 * @param url as it stands in its spec
 * @param suspended Flux leaves it alone, and so does the agent
 */
public record GitSource(String namespace, String name, String url, boolean suspended) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
