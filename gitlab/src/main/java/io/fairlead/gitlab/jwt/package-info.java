/** The JWTs between kas and GitLab. Start reading at {@link io.fairlead.gitlab.jwt.KasJwt}. */
@NullMarked
package io.fairlead.gitlab.jwt;

import org.jspecify.annotations.NullMarked;
