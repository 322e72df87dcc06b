package io.fairlead.wire.tls;

import java.nio.file.Path;

/**
 * Where a server's certificate chain (leaf first) and its unencrypted private key lie, both as PEM. They are read when a
 * context is made from them; a listener that is to follow renewed files makes a new context.
 */
public record PemIdentity(Path certificate, Path key) {}
