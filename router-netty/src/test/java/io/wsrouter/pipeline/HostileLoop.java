package io.wsrouter.pipeline;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.RejectedExecutionException;

/** An event loop that fails a moving channel in the one way that a test wants. */
final class HostileLoop implements InvocationHandler {

    /** What the loop does with a channel that wants to come. */
    enum Malice {
        /** Has ended, and says so. */
        REJECTS_THE_TASK,
        /** Begins to shut down while it accepts the task, and does not run it. */
        LOSES_THE_TASK,
        /** Begins to shut down while it accepts the task, and runs it later than anybody may expect. */
        DELAYS_THE_TASK,
        FAILS_THE_REGISTRATION,
        /** Never completes the registration. */
        LOSES_THE_REGISTRATION
    }

    private final EventLoop real;
    private final Malice malice;

    private volatile boolean isShuttingDown;
    private volatile Runnable delayed = () -> {};

    HostileLoop(EventLoop real, Malice malice) {
        this.real = real;
        this.malice = malice;
    }

    EventLoop asEventLoop() {
        return (EventLoop)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {IoEventLoop.class}, this);
    }

    /** Runs what was delayed, on the real loop, and waits for it. */
    void runDelayed() {
        real.submit(delayed).syncUninterruptibly();
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "execute" -> {
                return execute((Runnable) arguments[0]);
            }
            case "register" -> {
                return register();
            }
            case "isShuttingDown" -> {
                return isShuttingDown || real.isShuttingDown();
            }
            default -> {
                try {
                    return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }
        }
    }

    private Object execute(Runnable task) {
        switch (malice) {
            case REJECTS_THE_TASK -> throw new RejectedExecutionException("terminated");
            case LOSES_THE_TASK -> isShuttingDown = true;
            case DELAYS_THE_TASK -> {
                isShuttingDown = true;
                delayed = task;
            }
            default -> real.execute(task);
        }
        return null;
    }

    private Object register() {
        return malice == Malice.FAILS_THE_REGISTRATION
                ? real.newFailedFuture(new IllegalStateException("no more descriptors"))
                : real.newPromise();
    }
}
