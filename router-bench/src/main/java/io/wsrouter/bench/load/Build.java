package io.wsrouter.bench.load;

import io.netty.util.Version;
import io.wsrouter.server.RouterServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What this was built from. */
record Build(String version, String commit, String netty) {

    static Build read() {
        Properties build = new Properties();
        try (InputStream resource = RouterServer.class.getResourceAsStream("/io/wsrouter/build.properties")) {
            if (resource != null) {
                build.load(resource);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String netty = Version.identify().values().stream()
                .findFirst()
                .map(Version::artifactVersion)
                .orElse("unknown");
        return new Build(build.getProperty("version", "unknown"), build.getProperty("commit", "unknown"), netty);
    }
}
