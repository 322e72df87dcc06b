/** JSON to records and trees. Start reading at {@link Json}. */
@NullMarked
package io.fairlead.base.json;

import org.jspecify.annotations.NullMarked;
