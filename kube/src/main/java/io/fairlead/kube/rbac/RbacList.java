package io.fairlead.kube.rbac;

import io.fairlead.base.error.FairleadException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One page of an API server's list of roles or bindings. Read by the streaming parser, since an agent should hold neither a
 * mapper nor what it leaves aside, such as who last changed an object.
 *
 * @param next asks for the next page; empty on the last
 */
public record RbacList(List<Role> roles, List<Binding> bindings, String next) {
    private static final JsonFactory JSON = new JsonFactory();

    /** An object as it comes, its members in any order. */
    private static final class Item {
        String namespace = "";
        String name = "";
        String roleKind = "";
        String role = "";
        final List<Rule> rules = new ArrayList<>();
        final List<Subject> subjects = new ArrayList<>();
    }

    /** Roles or ClusterRoles. */
    public static RbacList ofRoles(String json) {
        String[] next = {""};
        List<Role> roles = items(json, next).stream()
                .map(item -> new Role(item.namespace, item.name, item.rules))
                .toList();
        return new RbacList(roles, List.of(), next[0]);
    }

    /** RoleBindings or ClusterRoleBindings. */
    public static RbacList ofBindings(String json) {
        String[] next = {""};
        List<Binding> bindings = items(json, next).stream()
                .map(item -> new Binding(
                        item.namespace, item.name, item.roleKind.equals("ClusterRole"), item.role, item.subjects))
                .toList();
        return new RbacList(List.of(), bindings, next[0]);
    }

    private static List<Item> items(String json, String[] next) {
        List<Item> items = new ArrayList<>();
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
            in.nextToken();
            object(in, (member, value) -> {
                switch (member) {
                    case "metadata" ->
                        object(value, (name, text) -> {
                            if (name.equals("continue")) {
                                next[0] = text(text);
                            } else {
                                text.skipChildren();
                            }
                        });
                    case "items" -> array(value, each -> items.add(item(each)));
                    default -> value.skipChildren();
                }
            });
        } catch (JacksonException e) {
            throw new FairleadException("kube.unintelligible", "the API server's list of roles is not JSON", e);
        }
        return items;
    }

    private static Item item(JsonParser in) {
        Item item = new Item();
        object(in, (member, value) -> {
            switch (member) {
                case "metadata" ->
                    object(value, (name, text) -> {
                        switch (name) {
                            case "name" -> item.name = text(text);
                            case "namespace" -> item.namespace = text(text);
                            default -> text.skipChildren();
                        }
                    });
                case "roleRef" ->
                    object(value, (name, text) -> {
                        switch (name) {
                            case "kind" -> item.roleKind = text(text);
                            case "name" -> item.role = text(text);
                            default -> text.skipChildren();
                        }
                    });
                case "rules" -> array(value, each -> item.rules.add(rule(each)));
                case "subjects" -> array(value, each -> item.subjects.add(subject(each)));
                default -> value.skipChildren();
            }
        });
        return item;
    }

    private static Rule rule(JsonParser in) {
        List<String> verbs = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        List<String> resources = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<String> urls = new ArrayList<>();
        object(in, (member, value) -> {
            switch (member) {
                case "verbs" -> array(value, each -> verbs.add(word(each)));
                case "apiGroups" -> array(value, each -> groups.add(word(each)));
                case "resources" -> array(value, each -> resources.add(word(each)));
                case "resourceNames" -> array(value, each -> names.add(word(each)));
                case "nonResourceURLs" -> array(value, each -> urls.add(word(each)));
                default -> value.skipChildren();
            }
        });
        return new Rule(verbs, groups, resources, names, urls);
    }

    private static Subject subject(JsonParser in) {
        String[] parts = {"", "", ""};
        object(in, (member, value) -> {
            switch (member) {
                case "kind" -> parts[0] = text(value);
                case "name" -> parts[1] = text(value);
                case "namespace" -> parts[2] = text(value);
                default -> value.skipChildren();
            }
        });
        return new Subject(Subject.Kind.of(parts[0]), parts[1], parts[2]);
    }

    private interface Member {
        void read(String name, JsonParser value);
    }

    private interface Element {
        void read(JsonParser value);
    }

    /** Walks through an object on whose beginning the parser stands; anything else, such as null, is an empty one. */
    private static void object(JsonParser in, Member member) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = in.currentName();
            in.nextToken();
            member.read(name, in);
        }
    }

    private static void array(JsonParser in, Element element) {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            in.skipChildren();
            return;
        }
        while (true) {
            JsonToken token = in.nextToken();
            if (token == JsonToken.END_ARRAY || token == null) {
                return;
            }
            element.read(in);
        }
    }

    private static String text(JsonParser in) {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return in.getString();
        }
        in.skipChildren();
        return "";
    }

    /** The words of rules are few and repeat thousands of times. */
    private static String word(JsonParser in) {
        return text(in).intern();
    }
}
