package io.wsrouter.simulation;

import io.wsrouter.address.Address;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Judges tokens that say everything in plain text, at once or when the run says, as a busy pool of verifiers would. */
final class VirtualAuthenticator implements Authenticator {

    private static final String BUSY = "busy";
    private static final String BAD = "bad";

    private record Waiting(CompletableFuture<Principal> answer, int number, String verdict) {}

    private final List<Waiting> waiting = new ArrayList<>();

    /** A good token, which the command {@code number} presents. */
    static String token(boolean isHeld, int number, String user, int profile, long expiresAtEpochSecond) {
        return prefix(isHeld, number) + user + ' ' + profile + ' ' + expiresAtEpochSecond;
    }

    /** A token that is refused, for good or because nobody has time. */
    static String refused(boolean isHeld, int number, boolean isBusy) {
        return prefix(isHeld, number) + (isBusy ? BUSY : BAD);
    }

    private static String prefix(boolean isHeld, int number) {
        return (isHeld ? "held " : "now ") + number + ' ';
    }

    @Override
    public CompletionStage<Principal> authenticate(Credentials credentials) {
        CompletableFuture<Principal> answer = new CompletableFuture<>();
        String[] parts = credentials.token().split(" ", 3);
        if (parts[0].equals("held")) {
            waiting.add(new Waiting(answer, Integer.parseInt(parts[1]), parts[2]));
        } else {
            judge(answer, parts[2]);
        }
        return answer;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Judges one of the tokens that wait, in any order, and returns the number of the command that presented it. */
    int judgesOne(int which) {
        Waiting next = waiting.remove(which % waiting.size());
        judge(next.answer(), next.verdict());
        return next.number();
    }

    private static void judge(CompletableFuture<Principal> answer, String verdict) {
        if (verdict.equals(BUSY)) {
            answer.completeExceptionally(new AuthenticationException(AuthFailure.AUTHENTICATOR_BUSY));
        } else if (verdict.equals(BAD)) {
            answer.completeExceptionally(new AuthenticationException(AuthFailure.TOKEN_EXPIRED));
        } else {
            String[] claims = verdict.split(" ", -1);
            answer.complete(new Principal(
                    Address.user(claims[0]),
                    Profile.ALL.get(Integer.parseInt(claims[1])).grants(),
                    Long.parseLong(claims[2])));
        }
    }
}
