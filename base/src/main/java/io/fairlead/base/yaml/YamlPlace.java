package io.fairlead.base.yaml;

/** Where something stands in a YAML text; both numbers count from 1. */
public record YamlPlace(int line, int column) {
    @Override
    public String toString() {
        return line + ":" + column;
    }
}
