/** Takes registrations. Start reading at {@link io.fairlead.link.registrar.kas.RegistrarService}. */
@NullMarked
package io.fairlead.link.registrar.kas;

import org.jspecify.annotations.NullMarked;
