package io.wsrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AuthFailureTest {

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheWordOfItsNameAndOneSentence(AuthFailure failure) {
        assertThat(failure.word()).isEqualTo(failure.name().toLowerCase(Locale.ROOT));
        assertThat(failure.explanation()).matches("[A-Z].*\\.").doesNotContain(". ");
    }

    @Test
    void shouldBeRetryableOnlyWhenTheRouterLacksSomething() {
        assertThat(Arrays.stream(AuthFailure.values()).filter(AuthFailure::isRetryable))
                .containsExactly(AuthFailure.AUTHENTICATOR_BUSY, AuthFailure.KEYS_UNAVAILABLE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeACheapExceptionThatSaysWhy(AuthFailure failure) {
        AuthenticationException exception = new AuthenticationException(failure);

        assertThat(exception.failure()).isSameAs(failure);
        assertThat(exception).hasMessage(failure.word() + ": " + failure.explanation());
        assertThat(exception.getStackTrace()).isEmpty();
    }

    @Test
    void shouldHideTheTokenOfCredentials() {
        assertThat(new Credentials("eyJ.secret.sig")).hasToString("Credentials[token hidden]");
    }
}
