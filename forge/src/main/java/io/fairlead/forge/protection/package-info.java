/** Which branches and tags not everybody may move who may push. Start reading at {@link Protection}. */
@NullMarked
package io.fairlead.forge.protection;

import org.jspecify.annotations.NullMarked;
