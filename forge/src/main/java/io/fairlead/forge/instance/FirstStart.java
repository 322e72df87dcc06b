package io.fairlead.forge.instance;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.database.DatabaseUnavailableException;
import io.fairlead.forge.identity.Passwords;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.token.PersonalAccessToken;
import io.fairlead.forge.token.PersonalAccessTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the administrator {@code root} when there is nobody yet, and leaves password and token in files of the data
 * folder. A start that was cut short is completed by the next one: a token file that is missing is made anew.
 */
public final class FirstStart implements Stage {
    /** The name of the first administrator. */
    public static final String ADMINISTRATOR = "root";

    private static final Logger log = LoggerFactory.getLogger(FirstStart.class);
    private static final String PASSWORD_FILE = "root-password";
    private static final String TOKEN_FILE = "root-token";
    private static final int PASSWORD_BYTES = 18;
    private static final int TOKEN_DAYS = 365;
    private static final Duration HASHING_MAX = Duration.ofSeconds(10);

    private final DataFolder folder;
    private final UserQueries users;
    private final PersonalAccessTokens tokens;
    private final RandomIds random;
    private final InstantSource clock;
    private @Nullable Thread hashing;

    public FirstStart(
            DataFolder folder, UserQueries users, PersonalAccessTokens tokens, RandomIds random, InstantSource clock) {
        this.folder = folder;
        this.users = users;
        this.tokens = tokens;
        this.random = random;
        this.clock = clock;
    }

    @Override
    public void start() throws IOException {
        Optional<User> existing = users.byUsername(ADMINISTRATOR);
        if (existing.isEmpty() && users.count() > 0) {
            return;
        }
        User root = existing.isPresent() ? existing.get() : create();
        setPassword(root);
        if (!Files.exists(tokenFile())) {
            LocalDate expires =
                    LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).plusDays(TOKEN_DAYS);
            PersonalAccessTokens.Created token = tokens.create(new PersonalAccessToken.Draft(
                    root.id(), "first administrator token", null, EnumSet.allOf(Scope.class), expires));
            folder.writeSecret(TOKEN_FILE, token.secret());
            log.info("the token of {} is in {} and works until {}", ADMINISTRATOR, tokenFile(), expires);
        }
    }

    private User create() throws IOException {
        // The file first: an account whose password nobody knows would be of no use.
        folder.writeSecret(PASSWORD_FILE, random.urlSafe(PASSWORD_BYTES));
        return users.create(ADMINISTRATOR, "Administrator", "root@localhost", true, null, clock.instant())
                .orElseThrow(() -> new IllegalStateException("the name " + ADMINISTRATOR + " is taken"));
    }

    /** The hash is slow on purpose, so the start does not wait for it; a start that was cut short left none. */
    private void setPassword(User root) throws IOException {
        if (users.hasPassword(root.id()) || !Files.exists(passwordFile())) {
            return;
        }
        String password =
                Files.readString(passwordFile(), StandardCharsets.US_ASCII).strip();
        hashing = VirtualThreads.start("first-password", () -> {
            String hash = new Passwords(random).hash(password.toCharArray());
            try {
                users.changePassword(root.id(), hash);
            } catch (DatabaseUnavailableException e) {
                log.warn("the password of {} is set at the next start: {}", ADMINISTRATOR, e.getMessage());
            }
        });
    }

    /** Waits for the password's hash, a few seconds at most. */
    @Override
    public void close() throws InterruptedException {
        if (hashing != null) {
            hashing.join(HASHING_MAX);
        }
    }

    public Path tokenFile() {
        return folder.secrets().resolve(TOKEN_FILE);
    }

    public Path passwordFile() {
        return folder.secrets().resolve(PASSWORD_FILE);
    }
}
