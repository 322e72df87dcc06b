/** What went through the hub. Start reading at {@link io.fairlead.cli.audit.AuditCommand}. */
@NullMarked
package io.fairlead.cli.audit;

import org.jspecify.annotations.NullMarked;
