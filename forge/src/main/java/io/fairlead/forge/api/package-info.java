/** The HTTP edge without a server: routes as data, who may call them, what goes in and comes out. Start reading at {@link Router}. */
@NullMarked
package io.fairlead.forge.api;

import org.jspecify.annotations.NullMarked;
