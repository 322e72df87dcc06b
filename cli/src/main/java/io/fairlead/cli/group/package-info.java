/** Commands about groups. Start reading at {@link GroupCommand}. */
@NullMarked
package io.fairlead.cli.group;

import org.jspecify.annotations.NullMarked;
