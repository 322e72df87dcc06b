/** How pods of an agent tell kas that they are there. Start reading at the sides: {@code kas.RegistrarService}, {@code agent.Registration}. */
@NullMarked
package io.fairlead.link.registrar;

import org.jspecify.annotations.NullMarked;
