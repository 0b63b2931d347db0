package io.wsrouter.leaks;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails every test class that leaks a buffer or another counted resource. Registered for all tests. */
public final class LeakExtension implements AfterAllCallback {
    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        boolean nested = !context.getEnclosingTestClasses().isEmpty();
        if (nested) {
            return;
        }
        List<String> leaks = RecordingLeakDetector.takeLeaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leaked:\n" + String.join("\n", leaks));
        }
    }
}
