package io.wsrouter.cli;

import io.wsrouter.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The commands of ws-router. Exit codes: 0 done, 1 a check failed, 2 a usage or configuration error. */
@Command(
        name = "router",
        description = "A WebSocket message router.",
        versionProvider = RouterMain.Version.class,
        mixinStandardHelpOptions = true,
        subcommands = {
            ServeCommand.class,
            CheckConfigCommand.class,
            PrintConfigCommand.class,
            TokenCommand.class,
            SelfTestCommand.class,
            VersionCommand.class,
            ConfigDocCommand.class
        })
public final class RouterMain {

    private static final int USAGE_ERROR = 2;

    private RouterMain() {}

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new RouterMain());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(explain(failure));
            return USAGE_ERROR;
        });
        return commandLine;
    }

    /** What an operator needs to know of a failure: our own messages name the cause, others come with their type. */
    private static String explain(Exception failure) {
        boolean isOurs = failure instanceof ConfigException
                || failure instanceof IOException
                || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException;
        return isOurs && failure.getMessage() != null ? failure.getMessage() : failure.toString();
    }

    /** The version of the jar and of what it runs on. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            Properties build = new Properties();
            try (InputStream resource = RouterMain.class.getResourceAsStream("/io/wsrouter/build.properties")) {
                if (resource != null) {
                    build.load(resource);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new String[] {
                "ws-router " + build.getProperty("version", "unknown") + " (" + build.getProperty("commit", "unknown")
                        + ")",
                "java " + Runtime.version() + ", netty "
                        + io.netty.util.Version.identify().values().stream()
                                .findFirst()
                                .map(io.netty.util.Version::artifactVersion)
                                .orElse("unknown"),
                System.getProperty("os.name") + ' ' + System.getProperty("os.arch")
            };
        }
    }
}
