package io.wsrouter.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine that something ran on. */
public record Machine(String cpu, int processors, long memoryBytes, String os, String kernel) {

    /** This one. */
    public static Machine here() {
        return new Machine(
                first("/proc/cpuinfo", "(?m)^model name\\s*:\\s*(.+)$", System.getProperty("os.arch", "unknown")),
                (int) Math.max(1, lines("/proc/cpuinfo", "(?m)^processor\\s*:")),
                Long.parseLong(first("/proc/meminfo", "(?m)^MemTotal:\\s*(\\d+) kB", "0")) << 10,
                first("/etc/os-release", "(?m)^PRETTY_NAME=\"?([^\"\\n]+)", System.getProperty("os.name", "unknown")),
                System.getProperty("os.name") + ' ' + System.getProperty("os.version"));
    }

    /** Tells machines that share a clock from others: this boot of this kernel. */
    static String clock() {
        return first("/proc/sys/kernel/random/boot_id", "(\\S+)", "unknown");
    }

    static String read(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }

    static String first(String path, String pattern, String otherwise) {
        Matcher matcher = Pattern.compile(pattern).matcher(read(path));
        return matcher.find() ? matcher.group(1).strip() : otherwise;
    }

    private static long lines(String path, String pattern) {
        return Pattern.compile(pattern).matcher(read(path)).results().count();
    }
}
