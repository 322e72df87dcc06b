package io.fairlead.kube.rbac;

/**
 * Whom a binding names.
 *
 * @param namespace a service account's; empty for the binding's own, and for all other kinds
 */
public record Subject(Kind kind, String name, String namespace) {
    /** What kind of name it is. */
    public enum Kind {
        USER("User"),
        GROUP("Group"),
        SERVICE_ACCOUNT("ServiceAccount"),
        /** One that API servers let name nobody. */
        UNKNOWN("");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** As Kubernetes writes it. */
        public String text() {
            return text;
        }

        static Kind of(String text) {
            for (Kind kind : values()) {
                if (kind.text.equals(text)) {
                    return kind;
                }
            }
            return UNKNOWN;
        }
    }

    public static Subject user(String name) {
        return new Subject(Kind.USER, name, "");
    }

    public static Subject group(String name) {
        return new Subject(Kind.GROUP, name, "");
    }

    /** The user of this name: a service account as such, anybody else as a user. */
    public static Subject ofUserName(String name) {
        if (name.startsWith(Caller.SERVICE_ACCOUNT)) {
            String[] parts = name.substring(Caller.SERVICE_ACCOUNT.length()).split(":", -1);
            if (parts.length == 2) {
                return new Subject(Kind.SERVICE_ACCOUNT, parts[1], parts[0]);
            }
        }
        return user(name);
    }

    boolean is(Caller caller, String bindingsNamespace) {
        return switch (kind) {
            case USER -> caller.user().equals(name);
            case GROUP -> caller.groups().contains(name);
            case SERVICE_ACCOUNT -> {
                String where = namespace.isEmpty() ? bindingsNamespace : namespace;
                yield !where.isEmpty() && caller.user().equals(Caller.SERVICE_ACCOUNT + where + ":" + name);
            }
            case UNKNOWN -> false;
        };
    }

    /** For people: {@code Group gitlab:user}. */
    public String text() {
        String where = namespace.isEmpty() ? "" : namespace + "/";
        return kind.text + " " + where + name;
    }
}
