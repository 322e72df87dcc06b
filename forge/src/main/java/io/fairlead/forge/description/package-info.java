/** What the API is, said in a form that programs read. Start reading at {@link OpenApi}. */
@NullMarked
package io.fairlead.forge.description;

import org.jspecify.annotations.NullMarked;
