package io.wsrouter.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Some processors of this machine, by number. */
public record Processors(List<Integer> numbers) {

    private static final String ALLOWED = "Cpus_allowed_list:";

    /** Those that this process may use. */
    public static Processors allowed() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(ALLOWED))
                    .map(line -> parse(line.substring(ALLOWED.length()).strip()))
                    .findFirst()
                    .orElseThrow(() -> new CompareException("/proc/self/status names no processors"));
        } catch (IOException e) {
            throw new CompareException("--pin needs Linux: cannot read /proc/self/status", e);
        }
    }

    /** Reads a list like {@code 0-3,8}. */
    public static Processors parse(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String range : list.split(",", -1)) {
            String[] ends = range.split("-", -1);
            IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .forEach(numbers::add);
        }
        return new Processors(List.copyOf(numbers));
    }

    Processors firstHalf() {
        return new Processors(numbers.subList(0, numbers.size() / 2));
    }

    Processors secondHalf() {
        return new Processors(numbers.subList(numbers.size() / 2, numbers.size()));
    }

    /** Moves this process here, with all of its threads. */
    public void occupy() throws IOException, InterruptedException {
        String pid = String.valueOf(ProcessHandle.current().pid());
        Process taskset = new ProcessBuilder("taskset", "-a", "-c", "-p", list(), pid)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (taskset.waitFor() != 0) {
            throw new CompareException("taskset could not pin this process to processors " + list());
        }
    }

    /** As {@code taskset} takes it. */
    public String list() {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
