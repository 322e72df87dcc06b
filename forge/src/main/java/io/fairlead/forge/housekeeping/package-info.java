/** When repositories are tidied. Start reading at {@link HousekeepingSchedule}; how is in {@code forge.repository}. */
@NullMarked
package io.fairlead.forge.housekeeping;

import org.jspecify.annotations.NullMarked;
