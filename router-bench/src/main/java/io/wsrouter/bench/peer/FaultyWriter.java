package io.wsrouter.bench.peer;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Writes messages as a plan of faults wants it. Any thread. */
final class FaultyWriter {

    private static final long HELD_AT_MOST_SECONDS = 1;

    private record Pair(String publisher, Channel receiver) {}

    private final FaultPlan plan;
    private final Map<String, Set<Channel>> users;
    private final Map<Pair, String> held = new ConcurrentHashMap<>();

    FaultyWriter(FaultPlan plan, Map<String, Set<Channel>> users) {
        this.plan = plan;
        this.users = users;
    }

    /** Writes a message frame to a receiver, or does what its turn's fault is. What a swap needs for its second half has none. */
    void write(String publisher, Channel receiver, String text) {
        Pair pair = new Pair(publisher, receiver);
        Fault fault = plan.next();
        String earlier = held.remove(pair);
        if (earlier != null) {
            write(receiver, text);
            write(receiver, earlier);
            plan.planted(Fault.SWAP);
        } else if (fault == null) {
            write(receiver, text);
        } else if (fault == Fault.SWAP) {
            hold(pair, text);
        } else {
            carryOut(fault, receiver, text);
        }
    }

    private static void write(Channel receiver, String text) {
        receiver.writeAndFlush(new TextWebSocketFrame(text));
    }

    private void carryOut(Fault fault, Channel receiver, String text) {
        switch (fault) {
            case DUPLICATE -> {
                write(receiver, text);
                write(receiver, text);
            }
            case MISDELIVER -> write(ofAnotherUser(receiver), text);
            case CORRUPT -> write(receiver, corrupted(text));
            case DROP, SWAP -> {}
        }
        plan.planted(fault);
    }

    /** Waits for the next of the same pair; when none comes, the order was right and nothing is counted. */
    private void hold(Pair pair, String text) {
        held.put(pair, text);
        pair.receiver().eventLoop().schedule(() -> release(pair, text), HELD_AT_MOST_SECONDS, TimeUnit.SECONDS);
    }

    private void release(Pair pair, String text) {
        if (held.remove(pair, text)) {
            write(pair.receiver(), text);
        }
    }

    private Channel ofAnotherUser(Channel receiver) {
        return users.values().stream()
                .filter(channels -> !channels.contains(receiver))
                .flatMap(Set::stream)
                .findAny()
                .orElseThrow(() -> new IllegalStateException("no second user to misdeliver to"));
    }

    private static String corrupted(String text) {
        int last = text.length() - 1;
        while (!Character.isLetterOrDigit(text.charAt(last))) {
            last--;
        }
        return text.substring(0, last) + anotherThan(text.charAt(last)) + text.substring(last + 1);
    }

    private static char anotherThan(char right) {
        if (Character.isDigit(right)) {
            return right == '1' ? '2' : '1';
        }
        return right == 'x' ? 'y' : 'x';
    }
}
