/** Telling kas that something was pushed. Start reading at {@link KasPushNotifier}. */
@NullMarked
package io.fairlead.forge.notification;

import org.jspecify.annotations.NullMarked;
