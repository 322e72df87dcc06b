/** The form of archives, written and read as they pass: {@link TarStream} and {@link TarInput}. */
@NullMarked
package io.fairlead.forge.tar;

import org.jspecify.annotations.NullMarked;
