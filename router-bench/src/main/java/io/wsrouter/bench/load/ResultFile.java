package io.wsrouter.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results as files of JSON. */
public final class ResultFile {

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ResultFile() {}

    /** Writes a result, over what was there. */
    public static void write(Path file, LoadResult result) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        JSON.writeValue(file.toFile(), result);
    }

    /**
     * Reads one.
     *
     * @throws IOException when it is none, saying why
     */
    public static LoadResult read(Path file) throws IOException {
        try {
            LoadResult result = JSON.readValue(file.toFile(), LoadResult.class);
            if (!LoadResult.FORMAT.equals(result.format())) {
                throw new IOException(file + ": format " + result.format() + " (expected " + LoadResult.FORMAT + ")");
            }
            return result;
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": no result of a load run: " + e.getOriginalMessage(), e);
        }
    }
}
