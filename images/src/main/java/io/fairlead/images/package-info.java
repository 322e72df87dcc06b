/** Packs container images without a Docker engine. Start reading at {@link ImagePacker}; images/build calls it. */
@NullMarked
package io.fairlead.images;

import org.jspecify.annotations.NullMarked;
