package io.wsrouter.bench.load;

import java.util.List;
import java.util.stream.Collectors;

/** The dialects by name. */
final class Dialects {

    private static final List<Dialect> ALL = List.of(new WsRouterDialect(), new NatsDialect());

    private Dialects() {}

    /**
     * The dialect of that name.
     *
     * @throws PlanException when there is none
     */
    static Dialect of(String name) {
        return ALL.stream()
                .filter(dialect -> dialect.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new PlanException(
                        "dialect",
                        name,
                        "one of " + ALL.stream().map(Dialect::name).collect(Collectors.joining(", "))));
    }
}
