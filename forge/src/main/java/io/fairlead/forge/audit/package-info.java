/** Keeps what kas tells of each request through the hub. Start reading at {@link io.fairlead.forge.audit.AuditFiles}. */
@NullMarked
package io.fairlead.forge.audit;

import org.jspecify.annotations.NullMarked;
