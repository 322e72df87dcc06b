@NullMarked
package io.fairlead.gitlab;

import org.jspecify.annotations.NullMarked;
