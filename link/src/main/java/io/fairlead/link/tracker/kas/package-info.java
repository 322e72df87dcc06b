/** The table of connected agents and what GitLab asks about it. Start reading at {@link io.fairlead.link.tracker.kas.ConnectedAgents}. */
@NullMarked
package io.fairlead.link.tracker.kas;

import org.jspecify.annotations.NullMarked;
