/** A GitLab and a Gitaly on loopback sockets for tests. Start reading at {@link io.fairlead.gitlab.fake.FakeGitLab}. */
@NullMarked
package io.fairlead.gitlab.fake;

import org.jspecify.annotations.NullMarked;
