package io.fairlead.testing.line;

import java.nio.file.Path;

/**
 * What a pod is given to reach its API server.
 *
 * @param host of the API server
 * @param port of the API server
 * @param authority what its certificate is checked with, PEM
 * @param token who the pod is
 */
public record ServiceAccount(String host, int port, Path authority, String token) {
    @Override
    public String toString() {
        return "ServiceAccount[" + host + ":" + port + "]";
    }
}
