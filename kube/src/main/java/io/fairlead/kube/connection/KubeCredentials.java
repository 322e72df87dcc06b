package io.fairlead.kube.connection;

import java.nio.file.Path;

/** What proves to an API server who we are. None of them shows its secret as text. */
public sealed interface KubeCredentials {
    /** Nothing: the server must allow anonymous requests, or something before it adds credentials. */
    record None() implements KubeCredentials {}

    /** A bearer token that does not change. */
    record Token(String secret) implements KubeCredentials {
        @Override
        public String toString() {
            return "Token";
        }
    }

    /** A bearer token in a file that is replaced from time to time, as the kubelet does. */
    record TokenFile(Path file) implements KubeCredentials {}

    /** A client certificate chain and its key, both PEM. */
    record Certificate(String chain, String key) implements KubeCredentials {
        @Override
        public String toString() {
            return "Certificate";
        }
    }
}
