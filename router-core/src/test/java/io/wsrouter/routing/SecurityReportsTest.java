package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.auth.Principal;
import io.wsrouter.connection.Requester;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the security log gets to hear of, and how often. */
@ExtendWith(SeedWatcher.class)
final class SecurityReportsTest {

    private static final Address MALLORY = Address.user("mallory");
    private static final Address BOB = Address.user("bob");

    private final TestRouter router = TestRouter.withShards(2);

    @Test
    void shouldReportEveryKindOfRefusal() {
        RecordingConnection mallory = router.connects(Principals.nothing("mallory"));

        mallory.publishes("user:bob", "1");
        mallory.subscribesTo("topic:x");
        mallory.publishesBelieving("mallory", "3", "user:bob", "1");
        mallory.gives(new Command.RefusedPublish("4", Outcome.FORBIDDEN));
        mallory.gives(new Command.Invalid("5", ErrorCode.FORBIDDEN, "only topics can be subscribed to", false));
        mallory.gives(new Command.Invalid("6", ErrorCode.BAD_REQUEST, "unknown key \"from\"", true));
        mallory.talksNonsense();
        router.runUntilIdle();

        assertThat(router.securityEvents())
                .containsExactly(
                        denied(BOB, "publish"),
                        denied(Address.topic("x"), "subscribe"),
                        new SecurityEvent(SecurityEvent.Kind.OWNER_MISMATCH, MALLORY, BOB, "publish"),
                        denied(null, "publish to a malformed connection"),
                        denied(null, "subscribe to what is not a topic"),
                        new SecurityEvent(SecurityEvent.Kind.OWNER_MISMATCH, MALLORY, null, "identity in envelope"));
        assertThat(router.count(Metric.DENIED)).isEqualTo(4);
        assertThat(router.count(Metric.OWNER_MISMATCHES)).isEqualTo(2);
        assertThat(router.count(Metric.BAD_REQUESTS)).isEqualTo(2);
        assertThat(mallory.errors()).containsExactly("forbidden", "forbidden", "bad_request", "bad_request");
        assertThat(mallory.receipt("4").outcome()).isEqualTo(Outcome.FORBIDDEN);
    }

    @Test
    void shouldReportTenASecondAndThenHowManyMore() {
        RecordingConnection mallory = router.connects(Principals.nothing("mallory"));
        for (int i = 0; i < 1_000; i++) {
            mallory.publishes("user:bob", "1");
        }
        mallory.publishesBelieving("mallory", "1", "user:bob", "1");
        router.runUntilIdle();
        assertThat(router.securityEvents()).hasSize(11);
        assertThat(router.securityEvents().get(10).kind()).isEqualTo(SecurityEvent.Kind.OWNER_MISMATCH);

        router.advance(Duration.ofMillis(1_100));

        assertThat(router.securityEvents())
                .hasSize(12)
                .last()
                .isEqualTo(SecurityEvent.leftOut(SecurityEvent.Kind.DENIED, Address.user("mallory"), 990));
        assertThat(router.count(Metric.DENIED)).isEqualTo(1_000);
        router.advance(Duration.ofSeconds(5));
        assertThat(router.securityEvents()).as("told once").hasSize(12);
        mallory.publishes("user:bob", "1");
        router.runUntilIdle();
        assertThat(router.securityEvents()).last().isEqualTo(denied(BOB, "publish"));
    }

    @Test
    void shouldNotLetOneUserHideAnother() {
        RecordingConnection mallory = router.connects(Principals.nothing("mallory"));
        RecordingConnection eve = router.connects(Principals.nothing("eve"));
        for (int i = 0; i < 1_000; i++) {
            mallory.publishes("user:bob", "1");
        }
        eve.publishes("user:bob", "1");
        router.runUntilIdle();

        assertThat(router.securityEvents())
                .anyMatch(event -> Address.user("eve").equals(event.user()));
    }

    /** They would come with an HTTP request each, and every token may be of another user. */
    @Test
    void shouldCountTheRestTogetherWhenTooManyUsersAreRefusedAtOnce() {
        TestRouter router = TestRouter.withShards(1);
        for (int i = 0; i < 3_000; i++) {
            Principal stranger = Principals.nothing("user" + i);
            router.router().publish(stranger, publishToBob());
        }
        router.runUntilIdle();
        assertThat(router.securityEvents()).hasSize(SecurityReports.MOST_SOURCES);

        router.advance(Duration.ofMillis(1_100));

        assertThat(router.securityEvents())
                .hasSize(SecurityReports.MOST_SOURCES + 1)
                .last()
                .isEqualTo(SecurityEvent.leftOut(SecurityEvent.Kind.DENIED, null, 2000));
    }

    @Test
    void shouldReportWhatSomebodyWithoutAConnectionIsRefused() {
        Principal mallory = Principals.nothing("mallory");

        router.router().noteRefused(Requester.of(mallory, null), new Command.RefusedPublish(null, Outcome.FORBIDDEN));
        router.router()
                .noteRefused(
                        Requester.of(mallory, null),
                        new Command.Invalid(null, ErrorCode.BAD_REQUEST, "unknown key \"from\"", true));
        router.router().publish(mallory, publishToBob());
        router.runUntilIdle();

        assertThat(router.securityEvents())
                .containsExactlyInAnyOrderElementsOf(List.of(
                        denied(null, "publish to a malformed connection"),
                        new SecurityEvent(SecurityEvent.Kind.OWNER_MISMATCH, MALLORY, null, "identity in envelope"),
                        denied(BOB, "publish")));
        assertThat(router.count(Metric.BAD_REQUESTS)).isOne();
        assertThat(router.count(Metric.OWNER_MISMATCHES)).isOne();
        assertThat(router.count(Metric.DENIED)).isEqualTo(2);
    }

    private static Command.Publish publishToBob() {
        return new Command.Publish(null, BOB, null, null, Priority.NORMAL, null);
    }

    private static SecurityEvent denied(Address address, String detail) {
        return new SecurityEvent(SecurityEvent.Kind.DENIED, MALLORY, address, detail);
    }
}
