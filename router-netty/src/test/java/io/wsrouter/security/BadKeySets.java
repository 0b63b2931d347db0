package io.wsrouter.security;

import io.wsrouter.config.ConfigException;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.server.StartCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of {@code auth.jwks-file}, and other keys, that a router does not start with. */
final class BadKeySets {

    private static final String NOT_AN_OBJECT = "it is not a JSON object, or has a member twice (expected a JWK Set)";
    private static final String NO_LIST = "it has no list \"keys\" (expected a JWK Set)";
    private static final String NO_KEY = "it holds no key that can verify tokens (expected at least one public key)";
    private static final String EC =
            "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                    + "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"";

    private BadKeySets() {}

    static List<BadInput> all() {
        return List.of(
                jwks("an empty file", "", NOT_AN_OBJECT),
                jwks("a page of HTML", "<html>login</html>", NOT_AN_OBJECT),
                jwks("an array", "[]", NOT_AN_OBJECT),
                jwks("a set cut short", "{\"keys\":[{" + EC, NOT_AN_OBJECT),
                jwks("bytes behind the set", "{\"keys\":[{" + EC + "}]} x", NOT_AN_OBJECT),
                jwks("keys twice", "{\"keys\":[],\"keys\":[{" + EC + "}]}", NOT_AN_OBJECT),
                jwks("one key without a set", "{" + EC + "}", NO_LIST),
                jwks("keys that are an object", "{\"keys\":{" + EC + "}}", NO_LIST),
                jwks("no keys", "{\"keys\":[]}", NO_KEY),
                jwks("a key that is a word", "{\"keys\":[\"key\"]}", NO_KEY),
                jwks(
                        "a secret",
                        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXM\"}]}",
                        NO_KEY),
                jwks("a private key", key(",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\""), NO_KEY),
                jwks("a key for encryption", key(",\"use\":\"enc\""), NO_KEY),
                jwks("a key that may not verify", key(",\"key_ops\":[\"sign\"]"), NO_KEY),
                jwks("alg none", key(",\"alg\":\"none\""), NO_KEY),
                jwks("alg HS256 at a public key", key(",\"alg\":\"HS256\""), NO_KEY),
                jwks("alg of another curve", key(",\"alg\":\"ES384\""), NO_KEY),
                jwks("an empty kid", key(",\"kid\":\"\""), NO_KEY),
                jwks("a kid with a line feed, which would forge a line of the log", key(",\"kid\":\"a\\nb\""), NO_KEY),
                jwks("a kid of 201 characters", key(",\"kid\":\"" + "x".repeat(201) + "\""), NO_KEY),
                jwks("a point that is not on its curve", "{\"keys\":[{" + EC.replace("f83O", "f83P") + "}]}", NO_KEY),
                jwks("an unknown curve", "{\"keys\":[{" + EC.replace("P-256", "P-257") + "}]}", NO_KEY),
                jwks("an unknown type", "{\"keys\":[{" + EC.replace("\"EC\"", "\"DH\"") + "}]}", NO_KEY),
                jwks("an RSA key of 24 bits", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", NO_KEY),
                jwks(
                        "101 keys",
                        "{\"keys\":[" + "1,".repeat(100) + "{" + EC + "}]}",
                        "it has 101 keys (expected at most 100)"),
                jwks("256 KiB and one byte", " ".repeat(256 * 1024 + 1), "cannot be read"),
                file("a directory", Path.of("/"), "expected a file that can be read"));
    }

    private static String key(String members) {
        return "{\"keys\":[{" + EC + members + "}]}";
    }

    private static BadInput jwks(String what, String text, String answer) {
        return new BadInput(BadInput.Section.KEY_SETS, what, answer, arena -> {
            Path file = Files.createTempFile("bad-keys", ".json");
            try {
                return errorOf(Files.writeString(file, text));
            } finally {
                Files.delete(file);
            }
        });
    }

    private static BadInput file(String what, Path file, String answer) {
        return new BadInput(BadInput.Section.KEY_SETS, what, answer, arena -> errorOf(file));
    }

    /** What the one error says behind the key, the source and the file. */
    private static String errorOf(Path file) throws IOException {
        try {
            StartCheck.of(ConfigSources.of().set("auth.jwks-file", file)).config();
            return "it starts";
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage())
                    .replaceFirst("auth.jwks-file: \"[^\"]*\" in --set: (auth.jwks-file .*: )?", "");
        }
    }
}
