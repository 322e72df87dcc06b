package io.fairlead.forge.member;

import io.fairlead.forge.api.Gate;

/** Of what somebody is a member. */
public sealed interface Membership {
    long id();

    record InProject(long id) implements Membership {}

    record InGroup(long id) implements Membership {}

    /** That of the project or group that a request is about. */
    static Membership of(Gate.Subject subject) {
        return switch (subject) {
            case Gate.Subject.OfProject(long id) -> new InProject(id);
            case Gate.Subject.OfGroup(long id) -> new InGroup(id);
            case Gate.Subject.None() ->
                throw new IllegalStateException("the route is neither on a project nor on a group");
        };
    }

    /** The table of direct memberships. */
    default String table() {
        return switch (this) {
            case InProject _ -> "project_members";
            case InGroup _ -> "namespace_members";
        };
    }

    /** The column of that table that says where. */
    default String column() {
        return switch (this) {
            case InProject _ -> "project_id";
            case InGroup _ -> "namespace_id";
        };
    }

    /** The view of everybody's roles there, inherited ones included. */
    default String roles() {
        return switch (this) {
            case InProject _ -> "project_roles";
            case InGroup _ -> "group_roles";
        };
    }
}
