package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import io.wsrouter.auth.jwt.TestTokens;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each shape of the {@code router} claim allows, from the signed token to what arrives. In the tables {@code @bob} is
 * the address of bob's connection; what everybody may do is left out: send to oneself.
 */
@ExtendWith(SeedWatcher.class)
final class GrantsTableTest {

    private static final List<String> USERS = List.of("al", "alice_", "bob", "bobby", "Bob");
    private static final List<String> TOPICS =
            List.of("topic:chat", "topic:chat.", "topic:chat.1", "topic:chat.1.2", "topic:chats", "topic:bob");
    private static final String EVERY_USER =
            "user:al @al user:alice_ @alice_ user:bob @bob user:bobby @bobby user:Bob @Bob";
    private static final String EVERY_TOPIC =
            "topic:chat topic:chat. topic:chat.1 topic:chat.1.2 topic:chats topic:bob";

    private final TestRouter router = TestRouter.withShards(3);

    @ParameterizedTest(name = "{0}")
    @MethodSource("publishGrants")
    void shouldPublishWhereThisIsGranted(String claim, String allowed) {
        Map<String, RecordingConnection> receivers = new LinkedHashMap<>();
        for (String user : USERS) {
            RecordingConnection receiver = router.connects(user);
            receivers.put("user:" + user, receiver);
            receivers.put("@" + user, receiver);
        }
        RecordingConnection subscriber = router.connects("subscriber");
        for (String topic : TOPICS) {
            subscriber.subscribesTo(topic);
            receivers.put(topic, subscriber);
        }
        RecordingConnection other = router.connects("alice");
        RecordingConnection alice = router.connects(principal("alice", claim));
        router.runUntilIdle();

        alice.publishes("own user", "user:alice", "\"own user\"");
        alice.publishes("own connection", other.address(), "\"own connection\"");
        receivers.forEach(
                (to, receiver) -> alice.publishes(to, to.startsWith("@") ? receiver.address() : to, '"' + to + '"'));
        router.runUntilIdle();

        List<String> delivered = new ArrayList<>();
        receivers.forEach((to, receiver) -> {
            Outcome outcome = alice.receipt(to).outcome();
            boolean hasArrived = receiver.received().contains('"' + to + '"');
            assertThat(outcome).as(to).isEqualTo(hasArrived ? Outcome.DELIVERED : Outcome.FORBIDDEN);
            if (hasArrived) {
                delivered.add(to);
            }
        });
        assertThat(delivered).containsExactlyInAnyOrderElementsOf(words(allowed));
        assertThat(other.received()).contains("\"own user\"", "\"own connection\"");
        assertThat(router.securityEvents()).hasSize(Math.min(10, receivers.size() - delivered.size()));
    }

    static Stream<Arguments> publishGrants() {
        return Stream.of(
                // nothing
                Arguments.of("", ""),
                Arguments.of("{}", ""),
                Arguments.of("{'publish':[]}", ""),
                Arguments.of("{'subscribe':['*']}", ""),
                Arguments.of("{'admin':true}", ""),
                Arguments.of("{'admin':false,'publish':[],'subscribe':[]}", ""),
                // exact
                Arguments.of("{'publish':['user:bob']}", "user:bob @bob"),
                Arguments.of("{'publish':['user:BOB']}", ""),
                Arguments.of("{'publish':['user:al']}", "user:al @al"),
                Arguments.of("{'publish':['user:alice']}", ""),
                Arguments.of("{'publish':['topic:chat']}", "topic:chat"),
                Arguments.of("{'publish':['topic:chat.']}", "topic:chat."),
                Arguments.of("{'publish':['topic:bob']}", "topic:bob"),
                // a star at the end matches a rest that is not empty
                Arguments.of("{'publish':['*']}", EVERY_USER + ' ' + EVERY_TOPIC),
                Arguments.of("{'publish':['user:*']}", EVERY_USER),
                Arguments.of("{'publish':['topic:*']}", EVERY_TOPIC),
                Arguments.of("{'publish':['user:bo*']}", "user:bob @bob user:bobby @bobby"),
                Arguments.of("{'publish':['user:bob*']}", "user:bobby @bobby"),
                Arguments.of("{'publish':['user:alice*']}", "user:alice_ @alice_"),
                Arguments.of("{'publish':['user:ws_*']}", ""),
                Arguments.of("{'publish':['topic:chat*']}", "topic:chat. topic:chat.1 topic:chat.1.2 topic:chats"),
                Arguments.of("{'publish':['topic:chat.*']}", "topic:chat.1 topic:chat.1.2"),
                Arguments.of("{'publish':['topic:chat.1*']}", "topic:chat.1.2"),
                Arguments.of("{'publish':['topic:user:*']}", ""),
                // several
                Arguments.of("{'publish':['user:bob','user:bob']}", "user:bob @bob"),
                Arguments.of(
                        "{'publish':['user:bob','user:bo*','topic:chat']}",
                        "user:bob @bob user:bobby @bobby topic:chat"),
                Arguments.of("{'publish':['topic:chats'],'subscribe':['topic:chat'],'admin':true}", "topic:chats"),
                Arguments.of("{'publish':[" + hundred("user:nobody") + "]}", ""),
                // written otherwise
                Arguments.of("{'publish':['\\u0075ser:b\\u006fb']}", "user:bob @bob"),
                Arguments.of("{'publish':['\\u002a']}", EVERY_USER + ' ' + EVERY_TOPIC));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', textBlock = """
            ''                                          ; ''
            {'subscribe':[]}                            ; ''
            {'publish':['*']}                           ; ''
            {'admin':true}                              ; ''
            {'subscribe':['topic:chat']}                ; topic:chat
            {'subscribe':['topic:chat.*']}              ; topic:chat.1 topic:chat.1.2
            {'subscribe':['topic:chat*']}               ; topic:chat. topic:chat.1 topic:chat.1.2 topic:chats
            {'subscribe':['topic:*']}                   ; topic:chat topic:chat. topic:chat.1 topic:chat.1.2 topic:chats topic:bob
            {'subscribe':['*']}                         ; topic:chat topic:chat. topic:chat.1 topic:chat.1.2 topic:chats topic:bob
            {'subscribe':['topic:chat','topic:chat']}   ; topic:chat
            {'subscribe':['topic:chats','topic:bo*']}   ; topic:chats topic:bob
            {'subscribe':['user:*']}                    ; ''
            {'subscribe':['user:alice','user:bob']}     ; ''
            """, quoteCharacter = '"')
    void shouldSubscribeToTopicsWhereThisIsGranted(String claim, String allowed) {
        RecordingConnection bob = router.connects("bob");
        RecordingConnection alice = router.connects(principal("alice", claim.equals("''") ? "" : claim));
        List<String> others = List.of("user:alice", "user:bob", alice.address(), bob.address());

        TOPICS.forEach(topic -> alice.subscribesTo(topic, topic));
        others.forEach(address -> alice.subscribesTo(address, address));
        router.runUntilIdle();
        TOPICS.forEach(topic -> bob.publishes(topic, '"' + topic + '"'));
        router.runUntilIdle();

        List<String> expected = allowed.equals("''") ? List.of() : words(allowed);
        assertThat(alice.acknowledged()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(alice.errors()).containsOnly("forbidden").hasSize(TOPICS.size() + others.size() - expected.size());
        assertThat(alice.received())
                .containsExactlyInAnyOrderElementsOf(
                        expected.stream().map(topic -> '"' + topic + '"').toList());
    }

    @ParameterizedTest
    @MethodSource("refusedClaims")
    void shouldRefuseATokenWhoseGrantsAreNotExactlyThat(String claim) {
        assertThat(failureOf("alice", claim)).isEqualTo(AuthFailure.GRANTS_INVALID);
    }

    static Stream<String> refusedClaims() {
        Stream<String> claims = Stream.of(
                "null",
                "true",
                "1",
                "'*'",
                "[]",
                "['*']",
                "{'Publish':['*']}",
                "{'grants':{}}",
                "{'publish':[],'x':1}");
        Stream<String> admins = Stream.of("null", "1", "'true'", "[]", "{}").map(value -> "{'admin':" + value + "}");
        List<String> lists = List.of(
                "null",
                "true",
                "1",
                "'*'",
                "'user:bob'",
                "{}",
                "{'0':'*'}",
                "[null]",
                "[1]",
                "[true]",
                "[{}]",
                "[[]]",
                "[['user:bob']]",
                "['user:bob',1]",
                "['']",
                "['bob']",
                "['**']",
                "['* ']",
                "['user']",
                "['user:']",
                "['user:**']",
                "['user:*b']",
                "['user:b*b']",
                "['user:b*b*']",
                "['user:b b']",
                "['user:b>']",
                "['user:null']",
                "['USER:bob']",
                "['topic:']",
                "['topic:*.x']",
                "['topic:a.*.b']",
                "['topic:a b']",
                "['connection:*']",
                "['connection:ws_*']",
                "['connection:ws_bob_*']",
                "['connection:ws_bob_1757375098_6ead719c']",
                "['group:x']",
                "['user:" + "x".repeat(129) + "']",
                "['topic:" + "x".repeat(201) + "*']",
                "[" + hundred("*") + ",'*']");
        return Stream.of(
                        claims,
                        admins,
                        lists.stream().map(list -> "{'publish':" + list + "}"),
                        lists.stream().map(list -> "{'subscribe':" + list + "}"))
                .flatMap(shapes -> shapes);
    }

    @Test
    void shouldRefuseATokenThatSaysTwoThings() {
        assertThat(failureOf("alice", "{'publish':[],'publish':['*']}")).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        assertThat(failureOf("alice", "{},'router':{'publish':['*']}")).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    /** A user whose name is a pattern would have a right to everybody's address. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "bob*", "a*b", ">", "user:*", "", " ", "null", "None", "undefined"})
    void shouldRefuseAUserWhoseNameIsAPattern(String sub) {
        AuthFailure failure = failureOf(sub, "{}");

        assertThat(failure).isEqualTo(AuthFailure.SUBJECT_INVALID);
    }

    /** Whose connection it would be is read from its right end, so a name may look like an id. */
    @Test
    void shouldJudgeAConnectionByItsOwnerAlone() {
        String mimic = "bob_1757375098_6ead719c";
        RecordingConnection bob = router.connects("bob");
        RecordingConnection other = router.connects(mimic);
        RecordingConnection alice = router.connects(principal("alice", "{'publish':['user:bob']}"));

        alice.publishes("1", bob.address(), "1");
        alice.publishes("2", other.address(), "2");
        alice.publishes("3", "connection:ws_bob_1757375098_6ead719c", "3");
        alice.publishes("4", "connection:ws_nobody_1757375098_6ead719c", "4");
        alice.gives(new Command.RefusedPublish("5", Outcome.FORBIDDEN));
        router.runUntilIdle();

        assertThat(alice.receipt("1").outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(alice.receipt("2").outcome()).isEqualTo(Outcome.FORBIDDEN);
        assertThat(alice.receipt("3").outcome()).as("granted, gone").isEqualTo(Outcome.NO_ROUTE);
        assertThat(alice.receipt("4").outcome()).as("judged before any lookup").isEqualTo(Outcome.FORBIDDEN);
        assertThat(alice.receipt("5").outcome()).as("malformed").isEqualTo(Outcome.FORBIDDEN);
        assertThat(other.received()).isEmpty();
    }

    /** The same claims on an open connection decide the same. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("publishGrants")
    void shouldPublishWhereARefreshGrantsIt(String claim, String allowed) {
        RecordingConnection bob = router.connects("bob");
        RecordingConnection alice = router.connects("alice");

        alice.refreshes(token("alice", claim), "0");
        router.runUntilIdle();
        alice.publishes("1", "user:bob", "1");
        alice.publishes("2", bob.address(), "2");
        alice.publishes("3", "user:alice", "3");
        router.runUntilIdle();

        Outcome expected = words(allowed).contains("user:bob") ? Outcome.DELIVERED : Outcome.FORBIDDEN;
        assertThat(alice.acknowledged()).containsExactly("0");
        assertThat(alice.receipt("1").outcome()).isEqualTo(expected);
        assertThat(alice.receipt("2").outcome()).isEqualTo(expected);
        assertThat(alice.receipt("3").outcome()).isEqualTo(Outcome.DELIVERED);
    }

    // ---- tokens

    private Principal principal(String sub, String claim) {
        return router.tokens()
                .authenticate(new Credentials(token(sub, claim)))
                .toCompletableFuture()
                .join();
    }

    private AuthFailure failureOf(String sub, String claim) {
        Throwable thrown = catchThrowable(() -> principal(sub, claim)).getCause();
        assertThat(thrown).isInstanceOf(AuthenticationException.class);
        return ((AuthenticationException) thrown).failure();
    }

    /** A signed token with exactly this {@code router} claim, in which ' stands for "; none when it is empty. */
    private String token(String sub, String claim) {
        long end = router.clock().epochSecond() + Duration.ofHours(1).toSeconds();
        String router = claim.isEmpty() ? "" : ",'router':" + claim;
        String claims = "{'sub':'" + sub + "','exp':" + end + router + "}";
        return TestTokens.withClaims(claims.replace("'", "\""));
    }

    private static String hundred(String grant) {
        return String.join(",", Collections.nCopies(100, "'" + grant + "'"));
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }
}
