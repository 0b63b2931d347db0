package io.wsrouter.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The page {@code docs/security.md}: what is above the list is written by hand, the list comes from the tests. */
record SecurityPage(String aboveTheList, String list) {

    static final String HOW_TO_WRITE =
            "mvn -q -pl router-netty -am -Dtest=BadInputTest#shouldBeTheListOfTheDocumentation -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write test";

    private static final String HEADING = "## Bad inputs and their answers\n";

    static SecurityPage read() {
        try {
            String page = Files.readString(file());
            int start = page.indexOf(HEADING);
            return start < 0
                    ? new SecurityPage(page, "")
                    : new SecurityPage(page.substring(0, start), page.substring(start));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(List<BadInput> inputs) {
        try {
            Files.writeString(file(), aboveTheList + listOf(inputs));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String listOf(List<BadInput> inputs) {
        StringBuilder list = new StringBuilder(HEADING)
                .append("\nAll ")
                .append(inputs.size())
                .append(
                        " are tried by `BadInputTest`, over real sockets, while another client exchanges messages and may"
                                + " notice nothing.\nThe list is written by the test. `<U+0000>` stands for a character that a page"
                                + " cannot show.\n");
        for (BadInput.Section section : BadInput.Section.values()) {
            list.append("\n### ").append(section.title).append("\n\n").append(section.introduction);
            list.append("\n\n| input | answer |\n|---|---|\n");
            for (BadInput input : inputs) {
                if (input.section() == section) {
                    list.append("| ")
                            .append(cell(input))
                            .append(" | `")
                            .append(escaped(input.answer()))
                            .append("` |\n");
                }
            }
        }
        return list.toString();
    }

    private static String cell(BadInput input) {
        boolean isLiteral = switch (input.section()) {
            case ENVELOPES, CONFIGURATIONS -> true;
            case TOKENS, HEADS, FRAMES, GRANTS, REFRESHES, PUBLISHES, PROXIES, KEY_SETS -> false;
        };
        String text = escaped(input.input());
        return isLiteral ? (text.isBlank() ? "(" + text.length() + " blanks)" : '`' + text + '`') : text;
    }

    private static String escaped(String text) {
        return BadInput.visible(text).replace("|", "\\|");
    }

    private static Path file() {
        return Path.of(System.getProperty("basedir", ".")).resolve("../docs/security.md");
    }
}
