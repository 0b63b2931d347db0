package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.CLOCK;
import static io.wsrouter.auth.jwt.TestTokens.P256;
import static io.wsrouter.auth.jwt.TestTokens.RSA;
import static io.wsrouter.auth.jwt.TestTokens.SECRET_KEY;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static io.wsrouter.auth.jwt.TestTokens.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a token that no key fits may cause. */
class KeyLookTest {

    private static final int MOST_WAITING = 2048;
    private static final String TOKEN = token(JwtAlgorithm.RS256, RSA.getPrivate(), "new");

    private final Issuer issuer = new Issuer();
    private final JwtAuthenticator authenticator = new JwtAuthenticator(JwtRules.NONE, issuer, Runnable::run, CLOCK);

    @Test
    void shouldAcceptATokenWhoseKeyIsFoundByTheLook() {
        CompletableFuture<Principal> verdict = authenticate();
        assertThat(verdict).isNotDone();

        issuer.publish();
        issuer.finishLooks(true);

        assertThat(now(verdict).user()).hasToString("user:alice");
    }

    @Test
    void shouldLookOnceMoreWhenTheFirstLookMayHaveBegunBeforeTheTokenCame() {
        CompletableFuture<Principal> verdict = authenticate();

        issuer.finishLooks(false);
        assertThat(verdict).isNotDone();
        issuer.publish();
        issuer.finishLooks(true);

        assertThat(now(verdict).user()).hasToString("user:alice");
        assertThat(issuer.looksAsked).isEqualTo(2);
    }

    @Test
    void shouldBelieveAFreshLookThatTheKeyIsUnknown() {
        CompletableFuture<Principal> verdict = authenticate();

        issuer.finishLooks(true);

        assertThat(failureOf(() -> now(verdict))).isEqualTo(AuthFailure.UNKNOWN_KEY);
        assertThat(issuer.looksAsked).isOne();
    }

    @Test
    void shouldNotLookAThirdTime() {
        CompletableFuture<Principal> verdict = authenticate();

        issuer.finishLooks(false);
        issuer.finishLooks(false);

        assertThat(failureOf(() -> now(verdict))).isEqualTo(AuthFailure.UNKNOWN_KEY);
        assertThat(issuer.looksAsked).isEqualTo(2);
    }

    @Test
    void shouldAskForARetryUntilEverySourceHasBeenRead() {
        issuer.isComplete = false;
        CompletableFuture<Principal> waiting = authenticate();
        issuer.finishLooks(true);
        issuer.looks = null;

        assertThat(failureOf(() -> now(waiting))).isEqualTo(AuthFailure.KEYS_UNAVAILABLE);
        assertThat(failureOf(() -> now(authenticate()))).isEqualTo(AuthFailure.KEYS_UNAVAILABLE);

        issuer.isComplete = true;
        assertThat(failureOf(() -> now(authenticate()))).isEqualTo(AuthFailure.UNKNOWN_KEY);
    }

    @Test
    void shouldLetNoMoreWaitThanItsBoundAndOthersAfterThose() {
        List<CompletableFuture<Principal>> waiting = new ArrayList<>();
        for (int i = 0; i < MOST_WAITING; i++) {
            waiting.add(authenticate());
        }
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(failureOf(() -> now(authenticate()))).isEqualTo(AuthFailure.AUTHENTICATOR_BUSY);
        assertThat(failureOf(() -> now(authenticate()))).isEqualTo(AuthFailure.AUTHENTICATOR_BUSY);

        issuer.finishLooks(true);

        assertThat(waiting).allMatch(CompletableFuture::isDone);
        for (int i = 0; i < MOST_WAITING; i++) {
            assertThat(authenticate()).isNotDone();
        }
        assertThat(failureOf(() -> now(authenticate()))).isEqualTo(AuthFailure.AUTHENTICATOR_BUSY);
    }

    @Test
    void shouldNotLookForTheKeyOfATokenThatNoKeyCouldHelp() {
        JwtAuthenticator rsaOnly = new JwtAuthenticator(
                new JwtRules(Set.of(JwtAlgorithm.RS256), null, null), issuer, Runnable::run, CLOCK);
        issuer.keys = KeyRing.EMPTY;

        assertThat(failureOf(rsaOnly, token(JwtAlgorithm.HS256, SECRET_KEY)))
                .isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
        assertThat(failureOf(authenticator, TestTokens.hs256("{\"alg\":\"none\"}", "{\"sub\":\"alice\"}")))
                .isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
        assertThat(issuer.looksAsked).isZero();
    }

    private CompletableFuture<Principal> authenticate() {
        return authenticator.authenticate(new Credentials(TOKEN)).toCompletableFuture();
    }

    private static Principal now(CompletableFuture<Principal> verdict) {
        assertThat(verdict).isDone();
        return verdict.join();
    }

    /** Has another key at first; a look ends when the test says so. */
    private static final class Issuer implements KeySource {

        private KeyRing keys = KeyRing.builder()
                .key("other", RSA.getPublic())
                .key("old", P256.getPublic())
                .build();
        private List<CompletableFuture<Boolean>> looks = new ArrayList<>();
        private int looksAsked;
        private boolean isComplete = true;

        void publish() {
            keys = KeyRing.builder().key("new", RSA.getPublic()).build();
        }

        void finishLooks(boolean isFresh) {
            List<CompletableFuture<Boolean>> finished = looks;
            looks = new ArrayList<>();
            finished.forEach(look -> look.complete(isFresh));
        }

        @Override
        public KeyRing keys() {
            return keys;
        }

        @Override
        public CompletionStage<Boolean> lookAgain() {
            if (looks == null) {
                return null;
            }
            looksAsked++;
            looks.add(new CompletableFuture<>());
            return looks.get(looks.size() - 1);
        }

        @Override
        public boolean isComplete() {
            return isComplete;
        }
    }
}
