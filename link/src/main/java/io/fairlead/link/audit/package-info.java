/**
 * One record of each request through the hub: who, as whom, what, and what became of it. Start reading at
 * {@link io.fairlead.link.audit.AuditRecord}; how records leave kas is {@link io.fairlead.link.audit.kas.AuditShipper}.
 */
@NullMarked
package io.fairlead.link.audit;

import org.jspecify.annotations.NullMarked;
