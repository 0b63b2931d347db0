package io.wsrouter.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file whose bytes are a {@link Secret}; one line break ({@code \n} or {@code \r\n}) at its end is not part of it.
 *
 * @param path where the file is; nothing is read before {@link #read()}
 */
public record SecretFile(Path path) {
    private static final int MAX_BYTES = 64 * 1024;

    /**
     * Reads the file, each time anew. Blocks on the disk.
     *
     * @throws IOException when it is not a regular file, cannot be read, is larger than 64 KiB or holds fewer than
     *     {@link Secret#MIN_BYTES} bytes
     */
    public Secret read() throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + " is not a regular file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(path + " is larger than 64KiB");
            }
            return Secret.of(withoutLineBreak(bytes));
        } catch (IllegalArgumentException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    private static byte[] withoutLineBreak(byte[] bytes) {
        int end = bytes.length;
        if (end > 0 && bytes[end - 1] == '\n') {
            end--;
            if (end > 0 && bytes[end - 1] == '\r') {
                end--;
            }
        }
        return Arrays.copyOf(bytes, end);
    }
}
