/**
 * The all-in-one server, and the {@code fairlead} command that starts every process. Start reading at {@link ServerApp} and
 * {@link Main}.
 */
@NullMarked
package io.fairlead.apps.server;

import org.jspecify.annotations.NullMarked;
