package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Ends every test of routing: each router that it made is looked over once more, and a test that failed says with which
 * seeds it can be run again.
 */
public final class SeedWatcher implements BeforeEachCallback, AfterEachCallback, TestWatcher {

    @Override
    public void beforeEach(ExtensionContext context) {
        Seeds.takeGiven();
        TestRouter.watch();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<TestRouter> routers = TestRouter.takeWatched();
        if (context.getExecutionException().isEmpty()) {
            for (TestRouter router : routers) {
                assertThat(router.findings())
                        .as("what is wrong with %s", router)
                        .isEmpty();
            }
        }
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        List<Long> seeds = Seeds.takeGiven();
        if (!seeds.isEmpty()) {
            System.out.printf(
                    "%s failed with seeds %s; replay one with -D%s=<seed> -Dio.wsrouter.hash-seed=%s%n",
                    context.getDisplayName(), seeds, Seeds.PROPERTY, System.getProperty("io.wsrouter.hash-seed"));
        }
    }
}
