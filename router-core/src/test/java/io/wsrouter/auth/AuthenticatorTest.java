package io.wsrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {

    private static final Credentials CREDENTIALS = new Credentials("token");

    @Test
    void shouldPassOnTheVerdict() {
        Principal alice = new Principal(Address.user("alice"), Grants.NONE, 0);

        assertThat(Authenticator.ask(credentials -> CompletableFuture.completedStage(alice), CREDENTIALS)
                        .toCompletableFuture())
                .isCompletedWithValue(alice);
    }

    /** A bug of an authenticator that others wrote is no verdict, and lets nobody in. */
    @Test
    void shouldFailTheStageWhateverAnAuthenticatorThrows() {
        for (Throwable thrown : new Throwable[] {new IllegalStateException(), new StackOverflowError()}) {
            CompletionStage<Principal> stage = Authenticator.ask(
                    credentials -> {
                        if (thrown instanceof Error error) {
                            throw error;
                        }
                        throw (RuntimeException) thrown;
                    },
                    CREDENTIALS);

            assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
        }
        assertThat(Authenticator.ask(credentials -> null, CREDENTIALS).toCompletableFuture())
                .isCompletedExceptionally();
    }
}
