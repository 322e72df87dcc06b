/** The answers of GitLab about agents, people and jobs, remembered for a short time. Start reading at {@link io.fairlead.link.identity.kas.GitLabAgentTokens}. */
@NullMarked
package io.fairlead.link.identity.kas;

import org.jspecify.annotations.NullMarked;
