package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.epoll.Epoll;
import io.wsrouter.server.TestServer;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What an idle connection keeps alive, by the heap histogram of the JVM itself; docs/memory.md has the whole of it. */
final class IdleMemoryTest {

    private static final int WARM_UP = 20;
    private static final int CONNECTIONS = 100;
    private static final Pattern LINE =
            Pattern.compile("(?m)^\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(?:\\[L)?(io\\.\\S+?)(?:;| |$)");

    /** One of each at most. The clients of a test have some classes of their own. */
    private static final Set<String> OF_A_CONNECTION = Set.of(
            "io.wsrouter.address.Address",
            "io.wsrouter.address.ConnectionId",
            "io.wsrouter.auth.Principal",
            "io.wsrouter.connection.Connection",
            "io.wsrouter.connection.RateLimit",
            "io.wsrouter.connection.UserConnections",
            "io.wsrouter.pipeline.AcceptedSocket",
            "io.wsrouter.pipeline.ChannelConnection",
            "io.wsrouter.pipeline.FrameDecoder",
            "io.wsrouter.pipeline.FrameHandler");

    private static final Set<String> OF_A_CLIENT =
            Set.of("io.wsrouter.server.TestSocket", "io.wsrouter.server.WebSocketClient");

    @Test
    void shouldKeepOnlyWhatAnIdleConnectionNeeds() throws JMException {
        assumeThat(Epoll.isAvailable()).isTrue();
        try (TestServer server = TestServer.start("limits.connections-per-ip=unlimited")) {
            connect(server, 0, WARM_UP);
            Map<String, Integer> before = liveObjects();
            connect(server, WARM_UP, CONNECTIONS);
            Map<String, Integer> each = eachOf(CONNECTIONS, before, liveObjects());

            assertThat(each).containsEntry("io.netty.channel.epoll.EpollSocketChannel", 1);
            assertThat(each).as("handlers").containsEntry("io.netty.channel.DefaultChannelHandlerContext", 1);
            assertThat(each.keySet())
                    .as("buffers, attributes, lists of listeners")
                    .noneMatch(type ->
                            type.endsWith("ByteBuf") || type.contains("Attribute") || type.contains("Listener"));
            each.keySet().removeIf(type -> type.startsWith("io.netty.") || OF_A_CLIENT.contains(type));
            assertThat(OF_A_CONNECTION).containsAll(each.keySet());
            assertThat(each.values()).allMatch(count -> count == 1);
        }
    }

    private static void connect(TestServer server, int first, int count) {
        for (int i = first; i < first + count; i++) {
            server.connect("user-" + i);
        }
    }

    /** How many there are of each of our and Netty's classes, arrays counted with their elements' class, after a collection. */
    private static Map<String, Integer> liveObjects() throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Map<String, Integer> objects = new HashMap<>();
        Matcher lines = LINE.matcher(histogram);
        while (lines.find()) {
            objects.merge(lines.group(3), Integer.parseInt(lines.group(1)), Integer::sum);
        }
        return objects;
    }

    /** What has come for each of {@code count}, rounded, where that is anything. */
    private static Map<String, Integer> eachOf(int count, Map<String, Integer> before, Map<String, Integer> after) {
        Map<String, Integer> each = new TreeMap<>();
        after.forEach((type, objects) -> {
            int more = Math.round((objects - before.getOrDefault(type, 0)) / (float) count);
            if (more > 0) {
                each.put(type, more);
            }
        });
        return each;
    }
}
