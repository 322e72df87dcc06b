/** Who is a member of a project or a group. What that makes them is for {@link io.fairlead.forge.access.RoleQueries}. Start reading at {@link MemberRoutes}. */
@NullMarked
package io.fairlead.forge.member;

import org.jspecify.annotations.NullMarked;
