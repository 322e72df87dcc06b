package io.fairlead.cli.forge;

import io.fairlead.base.ready.ReadyFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A server as its user named it or as it was found.
 *
 * @param url base address without a slash at its end
 * @param caFile certificates to trust for it
 * @param ready what its ready file says, when it was found by that
 */
public record ServerLocation(URI url, Optional<Path> caFile, Optional<ReadyFile> ready) {}
