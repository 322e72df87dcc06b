package io.fairlead.forge.token;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.member.MemberQueries;
import io.fairlead.forge.member.Membership;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of projects and groups: each speaks for a bot of its own, which is a member there with the token's role and nowhere
 * else, and goes with the project or group.
 */
public final class ResourceTokens {
    private static final int BOT_BYTES = 16;

    /** What a new token is to be. */
    public record Draft(String name, @Nullable String description, Role role, Set<Scope> scopes, LocalDate expiresOn) {}

    private final PersonalAccessTokens tokens;
    private final TokenQueries queries;
    private final UserQueries users;
    private final MemberQueries members;
    private final RandomIds random;
    private final InstantSource clock;

    public ResourceTokens(
            PersonalAccessTokens tokens,
            TokenQueries queries,
            UserQueries users,
            MemberQueries members,
            RandomIds random,
            InstantSource clock) {
        this.tokens = tokens;
        this.queries = queries;
        this.users = users;
        this.members = members;
        this.random = random;
        this.clock = clock;
    }

    /** The token last: without it a bot that a crash left behind can do nothing. */
    public PersonalAccessTokens.Created create(Membership where, Draft draft) {
        User.Kind kind = switch (where) {
            case Membership.InProject _ -> User.Kind.PROJECT_BOT;
            case Membership.InGroup _ -> User.Kind.GROUP_BOT;
        };
        String suffix = HexFormat.of().formatHex(random.bytes(BOT_BYTES));
        User bot = users.createBot(kind, where.id(), suffix, draft.name(), clock.instant());
        members.add(where, bot.id(), draft.role(), null);
        return tokens.create(new PersonalAccessToken.Draft(
                bot.id(), draft.name(), draft.description(), draft.scopes(), draft.expiresOn()));
    }

    /** Ends a token; a bot without one is a member no more. */
    public void revoke(Membership where, PersonalAccessToken token) {
        queries.revoke(token.id());
        if (!queries.anyActive(token.userId(), tokens.today())) {
            members.remove(where, token.userId());
        }
    }

    /** The role of the token's bot; nothing once the token has ended. */
    Optional<Role> role(Membership where, PersonalAccessToken token) {
        return members.one(where, token.userId()).map(member -> member.role());
    }
}
