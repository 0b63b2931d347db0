package io.wsrouter.bench.load;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives every publisher, user and topic of a run its number and name, the same in each of its processes. Immutable.
 *
 * @param run a few characters that tell this run from others on the same server
 */
record Layout(String run, List<Group> groups) {

    /**
     * The numbers of a group: from {@code firstSource} those who publish (the publishers, then the connections that send to
     * themselves), from {@code firstTarget} its addresses, from {@code firstUser} its connections.
     */
    record Group(int index, GroupPlan plan, int firstSource, int firstTarget, int firstUser) {

        /** The address that receiver {@code i} of the group listens to. */
        int targetOf(int receiver) {
            return plan.scenario().isShared() ? receiver % plan.topics() : receiver;
        }

        /** The number of the user whom receiver {@code i} of the group belongs to. */
        int userOf(int receiver) {
            return firstUser + (plan.scenario().hasTopics() ? receiver : targetOf(receiver));
        }
    }

    /** A part of the whole: {@code index} of {@code count}. */
    record Share(int index, int count) {

        int from(int total) {
            return (int) ((long) total * index / count);
        }

        int to(int total) {
            return (int) ((long) total * (index + 1) / count);
        }
    }

    static Layout of(LoadPlan plan, String run) {
        List<Group> groups = new ArrayList<>();
        int source = 0;
        int target = 0;
        int user = 0;
        for (GroupPlan group : plan.groups()) {
            groups.add(new Group(groups.size(), group, source, target, user));
            source += group.publishers() + (group.sendsToItself() ? group.connections() : 0);
            target += group.targets();
            user += group.connections();
        }
        return new Layout(run, List.copyOf(groups));
    }

    String user(int number) {
        return "load-" + run + "-u" + number;
    }

    String publisher(int number) {
        return "load-" + run + "-p" + number;
    }

    /** The name of the user or topic with a number. */
    String target(Group group, int target) {
        return group.plan().scenario().hasTopics()
                ? "load." + run + ".t" + (group.firstTarget() + target)
                : user(group.firstUser() + target);
    }

    /** Grants of this pattern reach all users of the run. */
    String usersPattern() {
        return "user:load-" + run + "-*";
    }

    /** Grants of this pattern reach all topics of the run. */
    String topicsPattern() {
        return "topic:load." + run + ".*";
    }
}
