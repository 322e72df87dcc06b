/**
 * Commands about who may do what in a cluster: why, who-can and grant. The answers come from the agent, through kas, so that
 * they are about whoever asks. Start reading at {@link WhyCommand}.
 */
@NullMarked
package io.fairlead.cli.access;

import org.jspecify.annotations.NullMarked;
