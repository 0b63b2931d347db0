package io.wsrouter.bench.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Recomputes every claim of a result. Exit 1 when one does not hold. */
@Command(
        name = "verify",
        description = "Recomputes every claim of a result from its raw parts, and names those that do not hold.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "What load has written.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets both
    VerifyCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        LoadResult result = ResultFile.read(file);
        List<String> broken = Verification.of(result);
        broken.forEach(claim -> out.println("does not hold: " + claim));
        if (!broken.isEmpty()) {
            return LoadMain.FOUND;
        }
        out.println("every claim follows from what was seen; the verdict of the run was: "
                + (result.claims().holds()
                        ? "all holds"
                        : String.join("; ", result.claims().faults())));
        return 0;
    }
}
