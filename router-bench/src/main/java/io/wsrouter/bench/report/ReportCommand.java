package io.wsrouter.bench.report;

import io.wsrouter.bench.load.ResultFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the report of a result again. */
@Command(
        name = "report",
        description = "Makes the HTML report of a result that load has written.",
        mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "What load has written.")
    private Path file;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OUT",
            description = "Where the report goes; default beside FILE, with .html.")
    private @Nullable Path html;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets them
    ReportCommand() {}

    @Override
    public Integer call() throws IOException {
        Path to = html == null ? HtmlReport.beside(file) : html;
        HtmlReport.write(to, ResultFile.read(file), file);
        spec.commandLine().getOut().println("report in " + to);
        return 0;
    }
}
