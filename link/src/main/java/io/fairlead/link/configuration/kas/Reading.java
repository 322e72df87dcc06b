package io.fairlead.link.configuration.kas;

import io.fairlead.agentcfg.ConfigurationFile;
import io.grpc.Status;

/** What one agent's configuration is at one commit. */
sealed interface Reading {
    String commit();

    /** A configuration; empty when the file is not there. */
    record Configured(String commit, ConfigurationFile file) implements Reading {}

    /** The file is there and cannot be used; another commit may mend it. */
    record Refused(String commit, Status status) implements Reading {}
}
