/**
 * Reads what people write into an agent's {@code config.yaml}, for kas and for the GitLab side, so that both accept the same
 * files. Start reading at {@link ConfigurationText}.
 */
@NullMarked
package io.fairlead.agentcfg.text;

import org.jspecify.annotations.NullMarked;
