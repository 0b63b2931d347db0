package io.wsrouter.auth.jwt;

import io.jsonwebtoken.io.AbstractDeserializer;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import java.io.IOException;
import java.io.Reader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads headers and claims for JJWT, as strictly as {@link StrictJson} does.
 *
 * <p>JJWT trims the names of members ({@code " sub"} becomes {@code sub} and replaces it), so names with blanks around
 * them are refused. Immutable, any thread.
 */
final class JwtJsonReader extends AbstractDeserializer<Map<String, ?>> {

    private static final int BUFFER_LENGTH = 512;

    @Override
    protected Map<String, ?> doDeserialize(Reader reader) throws IOException {
        StringBuilder text = new StringBuilder(BUFFER_LENGTH);
        char[] buffer = new char[BUFFER_LENGTH];
        for (int length = reader.read(buffer); length >= 0; length = reader.read(buffer)) {
            text.append(buffer, 0, length);
        }
        Map<String, @Nullable Object> object = StrictJson.readObject(text.toString());
        object.keySet().forEach(JwtJsonReader::requireUntrimmable);
        return object;
    }

    private static void requireUntrimmable(String name) {
        if (name.isEmpty()
                || Character.isWhitespace(name.charAt(0))
                || Character.isWhitespace(name.charAt(name.length() - 1))) {
            throw new AuthenticationException(AuthFailure.TOKEN_MALFORMED);
        }
    }
}
