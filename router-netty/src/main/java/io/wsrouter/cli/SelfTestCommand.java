package io.wsrouter.cli;

import io.wsrouter.server.SelfTest;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Starts a router on free ports and checks its promises over real sockets; exits 1 when one is broken. */
@Command(
        name = "selftest",
        description = "Starts a router on free ports and checks its promises over real sockets.",
        mixinStandardHelpOptions = true)
final class SelfTestCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    SelfTestCommand() {}

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        int violations = SelfTest.run(check -> {
            out.println(check);
            out.flush();
        });
        out.println(violations == 0 ? "all checks passed" : violations + " checks failed");
        return violations == 0 ? 0 : 1;
    }
}
