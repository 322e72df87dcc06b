package io.fairlead.kube.rbac;

import java.util.ArrayList;
import java.util.List;

/** Whom an API server takes a request to come from. */
public record Caller(String user, List<String> groups) {
    /** The group that API servers let do everything, before any rule is read. */
    public static final String MASTERS = "system:masters";

    static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    private static final String AUTHENTICATED = "system:authenticated";
    private static final String UNAUTHENTICATED = "system:unauthenticated";
    private static final String ANONYMOUS = "system:anonymous";

    public Caller {
        groups = List.copyOf(groups);
    }

    /**
     * Whom an API server makes of impersonation headers: the groups they name and what it adds itself, which is the groups of
     * a service account that came with none, and that somebody is authenticated.
     */
    public static Caller impersonated(String user, List<String> groups) {
        List<String> all = new ArrayList<>(groups.isEmpty() ? serviceAccountGroups(user) : groups);
        if (user.equals(ANONYMOUS)) {
            addOnce(all, UNAUTHENTICATED);
        } else if (!all.contains(UNAUTHENTICATED)) {
            addOnce(all, AUTHENTICATED);
        }
        return new Caller(user, all);
    }

    /** A service account by its user name, with the groups it always has. */
    public static Caller serviceAccount(String user) {
        return impersonated(user, List.of());
    }

    private static void addOnce(List<String> groups, String group) {
        if (!groups.contains(group)) {
            groups.add(group);
        }
    }

    private static List<String> serviceAccountGroups(String user) {
        if (!user.startsWith(SERVICE_ACCOUNT)) {
            return List.of();
        }
        String[] parts = user.substring(SERVICE_ACCOUNT.length()).split(":", -1);
        return parts.length == 2 ? List.of("system:serviceaccounts", "system:serviceaccounts:" + parts[0]) : List.of();
    }
}
