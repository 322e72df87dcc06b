package io.fairlead.gitlab.api;

/** For whom a call to GitLab is made: each has a part of the limit on calls that no other can use up. */
public enum CallShare {
    /** Agents: who they are, what their configuration says. These find room whatever people do. */
    AGENTS,
    /** People and jobs at the door, of whom anyone may show a credential. */
    PEOPLE,
    /** People and jobs who are in already: whether they still may. */
    REVIEWS
}
