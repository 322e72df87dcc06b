/** How an agent learns what its project says about it. Start reading at the sides: {@code kas.ConfigurationService}, {@code agent.ConfigurationWatch}. */
@NullMarked
package io.fairlead.link.configuration;

import org.jspecify.annotations.NullMarked;
