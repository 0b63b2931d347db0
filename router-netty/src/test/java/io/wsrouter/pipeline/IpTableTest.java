package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.config.IpNetwork;
import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class IpTableTest {

    private static final long SECOND = 1_000_000_000L;

    private final IpTable table = new IpTable(2, 10);

    @Test
    void shouldRememberFailuresForASecondAfterTheLastConnection() {
        IpState ip = fail("198.51.100.1", 0);

        table.release(ip, 0);
        assertThat(table.state(address("198.51.100.1"), 0)).isSameAs(ip);
        table.release(ip, 0);

        table.release(fail("198.51.100.2", 2 * SECOND), 2 * SECOND);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void shouldKeepAnAddressWithConnections() {
        IpState ip = table.state(address("198.51.100.1"), 0);
        ip.connected();
        ip.connected();
        assertThat(table.isFull(ip)).isTrue();

        ip.disconnected();
        table.release(ip, 5 * SECOND);

        assertThat(table.isFull(ip)).isFalse();
        assertThat(table.state(address("198.51.100.1"), 5 * SECOND)).isSameAs(ip);
    }

    @Test
    void shouldBeBoundedWhenEveryAddressOfAnIpv6NetworkFailsAtOnce() {
        for (int network = 0; network < 3 * IpTable.MOST_IDLE; network++) {
            String text = "2001:db8:" + Integer.toHexString(network >> 16) + ":" + Integer.toHexString(network & 0xffff)
                    + "::1";
            table.release(fail(text, network), network);
        }

        assertThat(table.size()).isEqualTo(IpTable.MOST_IDLE);
    }

    @Test
    void shouldBoundTheVerificationsOfAnAddress() {
        IpState ip = new IpState(1, 100, 0);
        for (int i = 0; i < 400; i++) {
            assertThat(ip.tryBeginVerification()).isTrue();
        }
        assertThat(ip.tryBeginVerification()).isFalse();

        ip.endVerification();

        assertThat(ip.tryBeginVerification()).isTrue();
        assertThat(ip.tryBeginVerification()).isFalse();
    }

    private IpState fail(String address, long nowNanos) {
        IpState ip = table.state(address(address), nowNanos);
        ip.failures().acquire(nowNanos);
        return ip;
    }

    private static InetAddress address(String text) {
        return Objects.requireNonNull(IpNetwork.parseAddress(text), text);
    }
}
