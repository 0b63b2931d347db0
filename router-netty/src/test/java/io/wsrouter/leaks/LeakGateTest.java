package io.wsrouter.leaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedSuccessfully;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Constants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

final class LeakGateTest {
    @Test
    void shouldFailAClassThatLeaks() {
        EngineExecutionResults results = run(Leaking.class);

        results.testEvents().assertThatEvents().haveExactly(1, finishedSuccessfully());
        results.containerEvents()
                .assertThatEvents()
                .haveExactly(1, finishedWithFailure(message(text -> text.contains("ByteBuf was not released"))));
    }

    @Test
    void shouldPassAClassThatReleases() {
        run(Releasing.class).allEvents().assertThatEvents().haveExactly(1, test(finishedSuccessfully()));
    }

    @ParameterizedTest
    @MethodSource
    void shouldSeeLeaksOf(ByteBufAllocator allocator) throws InterruptedException {
        allocator.directBuffer(64);

        assertThat(RecordingLeakDetector.takeLeaks()).hasSize(1);
    }

    static Stream<ByteBufAllocator> shouldSeeLeaksOf() {
        return Stream.of(
                new AdaptiveByteBufAllocator(), new PooledByteBufAllocator(), new UnpooledByteBufAllocator(true));
    }

    private static EngineExecutionResults run(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .configurationParameter(Constants.EXTENSIONS_AUTODETECTION_ENABLED_PROPERTY_NAME, "true")
                .execute();
    }

    static final class Leaking {
        @Test
        void leak() {
            ByteBufAllocator.DEFAULT.buffer(64);
        }
    }

    static final class Releasing {
        @Test
        void release() {
            ByteBufAllocator.DEFAULT.buffer(64).release();
        }
    }
}
