package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.config.IpNetwork;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TrustedProxiesTest {

    private final TrustedProxies proxies = new TrustedProxies(Stream.of("10.0.0.0/8", "fd00::/8", "192.0.2.7")
            .map(IpNetwork::parse)
            .toList());

    @Test
    void shouldBelieveNobodyWhoIsNotTrusted() {
        assertThat(client("203.0.113.9", "198.51.100.1")).isEqualTo("203.0.113.9");
        assertThat(new TrustedProxies(List.of()).clientBehind(address("10.0.0.1"), List.of("198.51.100.1")))
                .isEqualTo(address("10.0.0.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.1                            | 198.51.100.1",
                "203.0.113.1, 198.51.100.1               | 198.51.100.1",
                "203.0.113.1, 198.51.100.1, 10.1.1.1     | 198.51.100.1",
                "198.51.100.1,10.1.1.1,192.0.2.7,fd00::5 | 198.51.100.1",
                "198.51.100.1:4711                       | 198.51.100.1",
                "::ffff:198.51.100.1                     | 198.51.100.1",
                "198.51.100.1, ::ffff:10.1.1.1           | 198.51.100.1",
                "2001:db8::1                             | 2001:db8:0:0:0:0:0:1",
                "[2001:db8::1]                           | 2001:db8:0:0:0:0:0:1",
                "[2001:db8::1]:443                       | 2001:db8:0:0:0:0:0:1",
                "10.1.1.1, 10.2.2.2                      | 10.1.1.1"
            })
    void shouldWalkFromRightToLeftOverTrustedHops(String forwardedFor, String client) {
        assertThat(client("10.0.0.1", forwardedFor)).isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "",
                ",",
                "198.51.100.1,",
                "198.51.100.1:port",
                "198.51.100.1:123456",
                "[198.51.100.1",
                "[2001:db8::1]x",
                "fe80::1%eth0",
                "300.1.1.1",
                "1.2.3",
                "0x7f.1",
                "example.com",
                "198.51.100.1 203.0.113.1"
            })
    void shouldCountTheHopThatWroteWhatIsNoAddress(String malformed) {
        assertThat(client("10.0.0.1", malformed)).isEqualTo("10.0.0.1");
        assertThat(client("10.0.0.1", malformed + ", 10.1.1.1")).isEqualTo("10.1.1.1");
    }

    @Test
    void shouldReadSeveralHeadersAsOneList() {
        assertThat(client("10.0.0.1", "203.0.113.1", "198.51.100.1, 10.1.1.1")).isEqualTo("198.51.100.1");
        assertThat(client("10.0.0.1")).isEqualTo("10.0.0.1");
    }

    @Test
    void shouldNotWalkLongListsToTheirEnd() {
        assertThat(client("10.0.0.1", "198.51.100.1" + ",10.1.1.1".repeat(20))).isEqualTo("198.51.100.1");
        assertThat(client("10.0.0.1", "198.51.100.1" + ",10.1.1.1".repeat(1_000)))
                .isEqualTo("10.1.1.1");
    }

    @Test
    void shouldCountIpv6AddressesOfOneSiteTogether() {
        assertThat(IpState.keyOf(address("2001:db8:0:1::1"))).isEqualTo(IpState.keyOf(address("2001:db8:0:1:ffff::")));
        assertThat(IpState.keyOf(address("2001:db8:0:1::1"))).isNotEqualTo(IpState.keyOf(address("2001:db8:0:2::1")));
        assertThat(IpState.keyOf(address("198.51.100.1"))).isNotEqualTo(IpState.keyOf(address("198.51.100.2")));
        assertThat(IpState.keyOf(address("::ffff:198.51.100.1"))).isEqualTo(IpState.keyOf(address("198.51.100.1")));
    }

    private String client(String peer, String... forwardedFor) {
        return proxies.clientBehind(address(peer), List.of(forwardedFor)).getHostAddress();
    }

    private static InetAddress address(String text) {
        return Objects.requireNonNull(IpNetwork.parseAddress(text), text);
    }
}
