/** Commands about projects. Start reading at {@link ProjectCommand}. */
@NullMarked
package io.fairlead.cli.project;

import org.jspecify.annotations.NullMarked;
