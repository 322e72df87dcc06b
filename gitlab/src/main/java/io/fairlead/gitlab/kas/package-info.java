/** What GitLab's side calls on kas. Start reading at {@link io.fairlead.gitlab.kas.KasApi}. */
@NullMarked
package io.fairlead.gitlab.kas;

import org.jspecify.annotations.NullMarked;
