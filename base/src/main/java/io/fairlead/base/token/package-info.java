/** Tokens that are kept in files and replaced there. Start reading at {@link TokenFile}. */
@NullMarked
package io.fairlead.base.token;

import org.jspecify.annotations.NullMarked;
