/** How records leave kas. Start reading at {@link io.fairlead.link.audit.kas.AuditShipper}. */
@NullMarked
package io.fairlead.link.audit.kas;

import org.jspecify.annotations.NullMarked;
