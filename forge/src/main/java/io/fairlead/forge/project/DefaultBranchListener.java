package io.fairlead.forge.project;

/** Is told when another branch is a project's default one, before whoever changed that has their answer. */
public interface DefaultBranchListener {
    /** Must return soon and not throw. */
    void defaultBranchChanged(long projectId);
}
