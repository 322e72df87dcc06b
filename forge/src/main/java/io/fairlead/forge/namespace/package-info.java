/** What projects live in: groups, sub-groups and people's own namespaces, with their paths. Start reading at {@link NamespaceQueries}. */
@NullMarked
package io.fairlead.forge.namespace;

import org.jspecify.annotations.NullMarked;
