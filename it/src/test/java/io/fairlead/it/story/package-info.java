/**
 * The stories: what users do, with real clients against a real cluster. {@code ./dev story} lists them. Start reading at
 * {@code KubectlStory}.
 */
@NullMarked
package io.fairlead.it.story;

import org.jspecify.annotations.NullMarked;
