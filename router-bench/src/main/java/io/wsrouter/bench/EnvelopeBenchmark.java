package io.wsrouter.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.address.Address;
import io.wsrouter.address.AddressCache;
import io.wsrouter.codec.EnvelopeDecoder;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Pushes;
import io.wsrouter.protocol.RawJson;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What does it cost to read one publish and to write one message, beside Jackson? The payload is a string of {@code bytes}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EnvelopeBenchmark {

    private static final ObjectMapper TREE = new ObjectMapper();
    private static final JsonFactory STREAM = TREE.getFactory();

    private final EnvelopeDecoder decoder = new EnvelopeDecoder(new AddressCache(1024));
    private final Address to = Address.user("alice");
    private final Address from = Address.user("publisher");

    /** Bytes of the payload. */
    @Param({"128", "4096"})
    public int bytes;

    private byte[] envelope = {};
    private RawJson data = RawJson.of("null");
    private String text = "";
    private String rawText = "";

    /** Writes the envelope. */
    @Setup
    public void write() {
        text = "x".repeat(bytes);
        rawText = '"' + text + '"';
        envelope = ("{\"type\":\"publish\",\"id\":\"7\",\"to\":\"user:alice\",\"event\":\"agent_started\",\"data\":"
                        + rawText + "}")
                .getBytes(UTF_8);
        data = RawJson.of(rawText);
    }

    /** The router's decoder, the address included, which has come before. */
    @Benchmark
    public Command decode() {
        return decoder.decode(envelope, envelope.length);
    }

    /** Jackson's parser, which is asked for each string and so decodes it. */
    @Benchmark
    public int decodeWithJacksonStream() throws IOException {
        int length = 0;
        try (JsonParser parser = STREAM.createParser(envelope)) {
            while (parser.nextToken() != null) {
                length += parser.currentToken() == JsonToken.VALUE_STRING ? parser.getTextLength() : 0;
            }
        }
        return length;
    }

    /** Jackson's tree. */
    @Benchmark
    public JsonNode decodeWithJacksonTree() throws IOException {
        return TREE.readTree(envelope);
    }

    /** The router's encoder. */
    @Benchmark
    public byte[] encode() {
        return Pushes.message(to, from, null, 1_757_375_098_123L, data);
    }

    /** Jackson's tree, written. */
    @Benchmark
    public byte[] encodeWithJacksonTree() throws IOException {
        return TREE.writeValueAsBytes(TREE.createObjectNode()
                .put("type", "message")
                .put("to", to.toString())
                .put("from", from.toString())
                .put("at", 1_757_375_098_123L)
                .put("data", text));
    }

    /** Jackson's generator, which takes the payload as it came. */
    @Benchmark
    public byte[] encodeWithJacksonStream() throws IOException {
        ByteArrayBuilder bytesOut = new ByteArrayBuilder(STREAM._getBufferRecycler());
        try (JsonGenerator out = STREAM.createGenerator(bytesOut)) {
            out.writeStartObject();
            out.writeStringField("type", "message");
            out.writeStringField("to", to.toString());
            out.writeStringField("from", from.toString());
            out.writeNumberField("at", 1_757_375_098_123L);
            out.writeFieldName("data");
            out.writeRawValue(rawText);
            out.writeEndObject();
        }
        return bytesOut.getClearAndRelease();
    }
}
