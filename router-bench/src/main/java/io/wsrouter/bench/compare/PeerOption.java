package io.wsrouter.bench.compare;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A server of the user's.
 *
 * @param name of its row
 * @param command that starts it in the foreground
 * @param port of loopback where it takes WebSockets
 * @param protocol a dialect of the load engine
 */
record PeerOption(String name, String command, int port, String protocol) {

    private static final Pattern SHAPE = Pattern.compile("([^=,]+)=(.+),([^,]*),([^,]+)");

    /**
     * Reads {@code name=command,port,protocol}; the command may hold commas.
     *
     * @throws IllegalArgumentException naming what was wrong and what was expected
     */
    static PeerOption parse(String text) {
        Matcher parts = SHAPE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("peer " + text + " (expected name=command,port,protocol)");
        }
        return new PeerOption(parts.group(1), parts.group(2), port(text, parts.group(3)), parts.group(4));
    }

    private static int port(String text, String number) {
        if (number.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(number);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        }
        throw new IllegalArgumentException("peer " + text + ": port " + number + " (expected 1 to 65535)");
    }

    static final class Converter implements ITypeConverter<PeerOption> {

        @Override
        public PeerOption convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
