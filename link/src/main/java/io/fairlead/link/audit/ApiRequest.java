package io.fairlead.link.audit;

import java.util.Locale;

/**
 * What a request asks of the API server, in the words of RBAC; empty texts are absent. A path that is no resource's has a verb
 * only, and stands for itself.
 */
record ApiRequest(
        String verb, String group, String version, String resource, String subresource, String namespace, String name) {
    static ApiRequest of(String method, String path, boolean watch) {
        String[] parts = path.substring(1).split("/", -1);
        int at;
        String group;
        if (parts.length >= 3 && parts[0].equals("api")) {
            group = "";
            at = 1;
        } else if (parts.length >= 4 && parts[0].equals("apis")) {
            group = parts[1];
            at = 2;
        } else {
            return new ApiRequest(method.toLowerCase(Locale.ROOT), "", "", "", "", "", "");
        }
        String version = parts[at++];
        boolean watched = watch;
        if (parts[at].equals("watch") && parts.length > at + 1) {
            // The old form, which API servers still understand.
            watched = true;
            at++;
        }
        String namespace = "";
        boolean within = parts[at].equals("namespaces") && parts.length > at + 2 && !ofNamespaces(parts[at + 2]);
        if (within) {
            namespace = parts[at + 1];
            at += 2;
        }
        String resource = parts[at];
        String name = part(parts, at + 1);
        StringBuilder subresource = new StringBuilder(part(parts, at + 2));
        for (int more = at + 3; more < parts.length && resource.length() + subresource.length() < 200; more++) {
            subresource.append('/').append(parts[more]);
        }
        if (!within && resource.equals("namespaces")) {
            namespace = name;
        }
        return new ApiRequest(
                verb(method, name.isEmpty(), watched),
                group,
                version,
                resource,
                subresource.toString(),
                namespace,
                name);
    }

    private static boolean ofNamespaces(String subresource) {
        return subresource.equals("status") || subresource.equals("finalize");
    }

    private static String part(String[] parts, int at) {
        return at < parts.length ? parts[at] : "";
    }

    private static String verb(String method, boolean collection, boolean watch) {
        return switch (method) {
            case "GET", "HEAD" -> watch ? "watch" : collection ? "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> collection ? "deletecollection" : "delete";
            default -> method.toLowerCase(Locale.ROOT);
        };
    }
}
