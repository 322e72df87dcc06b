package io.fairlead.link.flux.agent;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One page of GitRepositories.
 *
 * @param next asks for the next page; empty on the last
 */
record GitSourceList(List<GitSource> sources, String next) {
    /** An object as it comes, its members in any order. */
    private static final class Item {
        String namespace = "";
        String name = "";
        String url = "";
        boolean suspended;
    }

    static GitSourceList read(String json) {
        List<GitSource> sources = new ArrayList<>();
        String[] next = {""};
        Discovery.parse(
                json,
                in -> Discovery.members(in, list -> {
                    switch (list) {
                        case "metadata" ->
                            Discovery.members(in, name -> {
                                if (name.equals("continue")) {
                                    next[0] = text(in);
                                } else {
                                    in.skipChildren();
                                }
                            });
                        case "items" -> Discovery.elements(in, () -> sources.add(item(in)));
                        default -> in.skipChildren();
                    }
                }));
        return new GitSourceList(sources, next[0]);
    }

    private static GitSource item(JsonParser in) {
        Item item = new Item();
        Discovery.members(in, part -> {
            switch (part) {
                case "metadata" ->
                    Discovery.members(in, name -> {
                        switch (name) {
                            case "namespace" -> item.namespace = text(in);
                            case "name" -> item.name = text(in);
                            default -> in.skipChildren();
                        }
                    });
                case "spec" ->
                    Discovery.members(in, name -> {
                        switch (name) {
                            case "url" -> item.url = text(in);
                            case "suspend" -> item.suspended = in.currentToken() == JsonToken.VALUE_TRUE;
                            default -> in.skipChildren();
                        }
                    });
                default -> in.skipChildren();
            }
        });
        return new GitSource(item.namespace, item.name, item.url, item.suspended);
    }

    private static String text(JsonParser in) {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return in.getString();
        }
        in.skipChildren();
        return "";
    }
}
