/** YAML with places: every node knows its line. Start reading at {@link YamlDocument}. */
@NullMarked
package io.fairlead.base.yaml;

import org.jspecify.annotations.NullMarked;
