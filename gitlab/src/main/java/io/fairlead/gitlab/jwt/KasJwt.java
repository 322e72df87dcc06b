package io.fairlead.gitlab.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Signs and checks the short-lived tokens by which kas and GitLab recognise each other.
 *
 * <p>There is no leeway: a token names a beginning five seconds before it was made, which is what allows for clocks that
 * differ. Lifetimes are those of GitLab (docs/internals/identity.md).
 */
public final class KasJwt {
    public static final String ISSUER_KAS = "gitlab-kas";
    public static final String AUDIENCE_GITLAB = "gitlab";
    public static final String AUDIENCE_KAS = "gitlab-kas";

    static final Duration EARLIER = Duration.ofSeconds(5);
    static final Duration TO_GITLAB = Duration.ofSeconds(30);
    static final Duration TO_KAS = Duration.ofSeconds(5);
    static final Duration FROM_GITLAB = Duration.ofSeconds(60);

    /** A kas verifies all of these, as the original does; GitLab signs with the first. */
    private static final Set<JWSAlgorithm> ACCEPTED =
            Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512);

    private final KasSecret secret;
    private final Clock clock;

    public KasJwt(KasSecret secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    /** What kas shows GitLab in {@code Gitlab-Kas-Api-Request}. */
    public String fromKasToGitLab() {
        return sign(ISSUER_KAS, AUDIENCE_GITLAB, TO_GITLAB);
    }

    /** What one kas shows another, made anew for each call. */
    public String fromKasToKas() {
        return sign(ISSUER_KAS, AUDIENCE_KAS, TO_KAS);
    }

    /** What GitLab shows kas; {@code issuer} is GitLab's host name. */
    public String fromGitLabToKas(String issuer) {
        return sign(issuer, AUDIENCE_KAS, FROM_GITLAB);
    }

    private String sign(String issuer, String audience, Duration lifetime) {
        long now = clock.instant().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", issuer);
        // Always a list: GitLab's own library writes one, and some readers know no other form.
        claims.put("aud", List.of(audience));
        claims.put("exp", now + lifetime.toSeconds());
        claims.put("nbf", now - EARLIER.toSeconds());
        claims.put("iat", now);
        JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                new Payload(claims));
        try {
            token.sign(new MACSigner(secret.key()));
        } catch (JOSEException e) {
            throw new AssertionError("HS256 with a key of checked length cannot fail", e);
        }
        return token.serialize();
    }

    /** Checks a call from kas, on GitLab's side. */
    public void verifyFromKas(String token) {
        verifyFromKas(token, AUDIENCE_GITLAB);
    }

    /** Checks a call from another kas: nobody else may make it, though they had the same secret. */
    public void verifyFromKasToKas(String token) {
        verifyFromKas(token, AUDIENCE_KAS);
    }

    private void verifyFromKas(String token, String audience) {
        JWTClaimsSet claims = verify(token, audience);
        if (!ISSUER_KAS.equals(claims.getIssuer())) {
            throw new JwtRefusedException("its issuer is " + shown(claims.getIssuer()) + " and must be " + ISSUER_KAS);
        }
    }

    /** Checks a call to kas, from GitLab or another kas: the audience counts, the issuer does not. */
    public void verifyToKas(String token) {
        verify(token, AUDIENCE_KAS);
    }

    /** @throws JwtRefusedException with the reason, which names no part of the token but its public claims */
    private JWTClaimsSet verify(String token, String audience) {
        JWTClaimsSet claims;
        try {
            JWSObject parsed = JWSObject.parse(token);
            if (!ACCEPTED.contains(parsed.getHeader().getAlgorithm())) {
                throw new JwtRefusedException("its algorithm is not one of HS256, HS384, HS512");
            }
            if (!parsed.verify(new MACVerifier(secret.key()))) {
                throw new JwtRefusedException(
                        "it was signed with another secret; both sides must read the same secret");
            }
            Map<String, Object> payload = parsed.getPayload().toJSONObject();
            if (payload == null) {
                throw new JwtRefusedException("it holds no claims");
            }
            claims = JWTClaimsSet.parse(payload);
        } catch (ParseException | JOSEException e) {
            throw new JwtRefusedException("it is not a signed JWT");
        }
        if (!claims.getAudience().contains(audience)) {
            throw new JwtRefusedException(
                    "its audience is " + shown(claims.getAudience().toString()) + " and must be " + audience);
        }
        checkTimes(claims);
        return claims;
    }

    private void checkTimes(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date end = claims.getExpirationTime();
        if (end == null) {
            throw new JwtRefusedException("it names no end (exp)");
        }
        if (!now.isBefore(end.toInstant())) {
            throw new JwtRefusedException("it ended at " + end.toInstant() + ", now is " + now
                    + "; if it is new, the clocks of both sides differ");
        }
        Date begin = claims.getNotBeforeTime();
        if (begin != null && now.isBefore(begin.toInstant())) {
            throw new JwtRefusedException(
                    "it begins at " + begin.toInstant() + ", now is " + now + "; the clocks of both sides differ");
        }
    }

    private static String shown(String claim) {
        String text = claim == null ? "absent" : claim;
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
