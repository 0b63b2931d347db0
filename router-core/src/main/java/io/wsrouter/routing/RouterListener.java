package io.wsrouter.routing;

/** The port for what the core has to report. Called on the loops of shards; implementations do not block. */
public interface RouterListener {

    /** Hears nothing. */
    RouterListener NONE = new RouterListener() {
        @Override
        public void onSecurityEvent(SecurityEvent event) {}

        @Override
        public void onBug(Throwable cause) {}
    };

    /** Something for the security log happened. */
    void onSecurityEvent(SecurityEvent event);

    /** The router met a fault of its own. It was counted and the work at hand dropped; the process lives. */
    void onBug(Throwable cause);
}
