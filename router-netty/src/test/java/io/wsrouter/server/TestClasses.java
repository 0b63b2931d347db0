package io.wsrouter.server;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Counts the test classes that this run has begun. Registered for all tests. */
public final class TestClasses implements BeforeAllCallback {

    private static final AtomicInteger BEGUN = new AtomicInteger();

    @Override
    public void beforeAll(ExtensionContext context) {
        BEGUN.incrementAndGet();
    }

    /** How many there were so far. */
    public static int begun() {
        return BEGUN.get();
    }
}
