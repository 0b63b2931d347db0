package io.wsrouter.routing;

/** One way through one table. What it finds wrong it repairs and reports. Runs on the loop of the table. */
interface AuditWalk {

    /** Begins anew. */
    void start();

    /** Judges one entry, in a short time, and says whether there was one. Entries may come and go between two steps. */
    boolean onStep();
}
