package io.wsrouter.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine. */
final class HostName {
    private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    /** The name, made fit for {@code node}. Where the kernel tells it, no name server is asked. */
    static String ofThisMachine() {
        String fit = name().strip().replaceAll("[^A-Za-z0-9._-]", "-");
        return fit.isEmpty() ? "localhost" : fit.substring(0, Math.min(fit.length(), 64));
    }

    private static String name() {
        try {
            return Files.isReadable(LINUX)
                    ? Files.readString(LINUX)
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
