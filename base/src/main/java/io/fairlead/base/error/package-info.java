/** What an error must tell its reader. Start reading at {@link FairleadException}. */
@NullMarked
package io.fairlead.base.error;

import org.jspecify.annotations.NullMarked;
