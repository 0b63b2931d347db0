package io.wsrouter.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hides what may be secret in arguments that a result or a report shows; the names of files are shown. */
public final class Redaction {

    private static final String HIDDEN = "(hidden)";
    private static final String NAME = "[\\w.-]*(?:secret|token|password|credential)[\\w.-]*";
    private static final Pattern NAMED = Pattern.compile("(" + NAME + ")(\\s*[=:]\\s*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern OPTION = Pattern.compile("-" + NAME, Pattern.CASE_INSENSITIVE);
    private static final Pattern OF_FILES = Pattern.compile(".*[-_.]files?", Pattern.CASE_INSENSITIVE);
    private static final Pattern USER = Pattern.compile("//[^/@\\s]*@");

    private Redaction() {}

    /** A command line: what a name like {@code secret} gives is hidden, also in the argument after it. */
    public static List<String> of(List<String> arguments) {
        List<String> shown = new ArrayList<>(arguments.size());
        boolean isSecret = false;
        for (String argument : arguments) {
            shown.add(isSecret ? HIDDEN : of(argument));
            isSecret = OPTION.matcher(argument).matches() && !isOfFiles(argument);
        }
        return shown;
    }

    /** A single argument, setting or URL. */
    public static String of(String argument) {
        String shown = USER.matcher(argument).replaceAll("//" + HIDDEN + "@");
        Matcher named = NAMED.matcher(shown);
        while (named.find()) {
            if (!isOfFiles(named.group(1))) {
                return shown.substring(0, named.end()) + HIDDEN;
            }
        }
        return shown;
    }

    private static boolean isOfFiles(String name) {
        return OF_FILES.matcher(name).matches();
    }
}
