/** Reads configurations from Gitaly, once for all pods of all agents of a project, and hands them out. Start reading at {@link io.fairlead.link.configuration.kas.ConfigurationService}. */
@NullMarked
package io.fairlead.link.configuration.kas;

import org.jspecify.annotations.NullMarked;
