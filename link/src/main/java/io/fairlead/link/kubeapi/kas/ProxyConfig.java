package io.fairlead.link.kubeapi.kas;

import java.util.Optional;

/**
 * @param pathPrefix what the proxy's paths begin with; begins and ends with a slash
 * @param externalOrigin the one origin whose pages may use the proxy (scheme, host, port); empty: none may
 * @param product how kas names itself in Via and Server
 */
public record ProxyConfig(String pathPrefix, Optional<String> externalOrigin, String product) {
    public ProxyConfig {
        if (!pathPrefix.startsWith("/") || !pathPrefix.endsWith("/")) {
            throw new IllegalArgumentException("the path prefix must begin and end with a slash, not " + pathPrefix);
        }
    }
}
