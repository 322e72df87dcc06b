package io.fairlead.base.config;

/** One effective setting: the dotted key, its value as text (empty when unset) and where it was set. */
public record ConfigEntry(String key, String value, ConfigOrigin origin) {}
