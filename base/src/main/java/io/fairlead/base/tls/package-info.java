/** Trust for the JDK's own clients. Start reading at {@link TrustedCertificates}. */
@NullMarked
package io.fairlead.base.tls;

import org.jspecify.annotations.NullMarked;
