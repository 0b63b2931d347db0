package io.wsrouter.routing;

import java.util.List;

/** Walks, one after the other. */
final class WalkSequence implements AuditWalk {

    private final List<AuditWalk> walks;
    private int current;

    WalkSequence(AuditWalk... walks) {
        this.walks = List.of(walks);
    }

    @Override
    public void start() {
        current = 0;
        walks.get(0).start();
    }

    @Override
    public boolean onStep() {
        while (!walks.get(current).onStep()) {
            if (current == walks.size() - 1) {
                return false;
            }
            walks.get(++current).start();
        }
        return true;
    }
}
