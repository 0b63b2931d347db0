package io.wsrouter.bench.load;

import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * A process, as far as it has a part in a result.
 *
 * @param version of what it runs
 * @param affinity the processors that it may use, as the kernel lists them
 */
public record ProcessInfo(long pid, String version, String commit, String java, List<String> flags, String affinity) {

    /** This process. */
    public static ProcessInfo here() {
        Build build = Build.read();
        return new ProcessInfo(
                ProcessHandle.current().pid(),
                build.version(),
                build.commit(),
                System.getProperty("java.vm.name") + ' ' + Runtime.version() + ", netty " + build.netty(),
                Redaction.of(ManagementFactory.getRuntimeMXBean().getInputArguments()),
                affinity("self"));
    }

    /** The processors that a process may use; empty where the system does not tell. */
    static String affinity(String pid) {
        return Machine.first("/proc/" + pid + "/status", "(?m)^Cpus_allowed_list:\\s*(\\S+)", "");
    }
}
