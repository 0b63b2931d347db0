package io.wsrouter.seed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.TestJson;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import org.jspecify.annotations.Nullable;

/**
 * An event as a back end publishes it.
 *
 * @param owner whom the publisher believes {@code to} to belong to, or null
 */
record Event(String name, String to, @Nullable String owner, String data) {

    /** An event with some data of its own. */
    static Event named(String name, String to) {
        return new Event(name, to, null, "{\"about\":\"" + name + "\"}");
    }

    Event with(String newData) {
        return new Event(name, to, owner, newData);
    }

    Event to(String newTo) {
        return new Event(name, newTo, owner, data);
    }

    Event claimedFor(String newOwner) {
        return new Event(name, to, newOwner, data);
    }

    /** Publishes it as a client and returns the receipt; what comes before that is skipped. */
    JsonNode publishedBy(WebSocketClient publisher) {
        publisher.send("{\"type\":\"publish\",\"id\":\"" + name + "\"," + members());
        JsonNode receipt = publisher.await("receipt");
        assertThat(receipt.path("id").asText()).isEqualTo(name);
        return receipt;
    }

    /** Publishes it as a client that wants no receipt. */
    void sentBy(WebSocketClient publisher) {
        publisher.send("{\"type\":\"publish\"," + members());
    }

    /** Publishes it as a client that it also comes to, before the receipt, which is returned. */
    JsonNode publishedToItselfBy(WebSocketClient client) {
        client.send("{\"type\":\"publish\",\"id\":\"" + name + "\"," + members());
        assertReceivedBy(client, client.welcome().path("user").asText());
        JsonNode receipt = client.read();
        assertThat(receipt.path("type").asText()).isEqualTo("receipt");
        return receipt;
    }

    /** Publishes it as a back end with every grant, over the internal port, and returns the receipt. */
    JsonNode publishedTo(TestServer server) {
        TestSocket.Response response = server.ask("POST", "/v1/publish", '{' + members());
        assertThat(response.json().has("outcome")).as(response.body()).isTrue();
        return response.json();
    }

    /** Fails unless the next frame that {@code receiver} gets is this event, byte for byte but for its time. */
    void assertReceivedBy(WebSocketClient receiver, String publisher) {
        String text = receiver.readFrame().text();
        assertThat(text.replaceFirst("\"at\":[0-9]{13},", "\"at\":0,"))
                .isEqualTo("{\"type\":\"message\",\"to\":\"" + to + "\",\"from\":\"user:" + publisher
                        + "\",\"event\":\"" + name + "\",\"at\":0,\"data\":" + data + '}');
    }

    private String members() {
        return "\"to\":" + TestJson.quoted(to) + ",\"event\":" + TestJson.quoted(name)
                + (owner == null ? "" : ",\"user\":" + TestJson.quoted(owner)) + ",\"data\":" + data + '}';
    }
}
