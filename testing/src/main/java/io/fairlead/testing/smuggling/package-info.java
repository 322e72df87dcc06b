/**
 * Requests of somebody who wants to be somebody else. Start reading at {@link io.fairlead.testing.smuggling.HostileRequests}.
 */
@NullMarked
package io.fairlead.testing.smuggling;

import org.jspecify.annotations.NullMarked;
