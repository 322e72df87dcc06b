package io.fairlead.forge.agent;

import tools.jackson.databind.JsonNode;

/**
 * What is in force for an agent: the last valid content of its {@code config.yaml}.
 *
 * @param values as kas reports a configuration; an empty object when there is no file, or never was a valid one
 * @param commit at which the file was found so; empty when there is none
 * @param problem why a newer file is not in force, for whoever wrote it; empty when the newest is
 */
public record AgentConfiguration(JsonNode values, String commit, String problem) {}
