package io.wsrouter.simulation;

import java.util.ArrayList;
import java.util.List;

/** One run of the simulation, what it did and how it ended. */
record Trace(World world, List<Action> actions, long steps, Violation violation) {

    /** Runs a script for about so many steps. */
    static Trace ofScript(World world, long steps, Coverage coverage) {
        Script script = new Script(world);
        List<Action> done = new ArrayList<>();
        Simulation simulation = new Simulation(world, Story.untold(), coverage);
        Violation violation = null;
        try {
            while (simulation.steps() < steps) {
                Action action = script.next();
                done.add(action);
                if (!simulation.perform(action)) {
                    done.remove(done.size() - 1);
                }
            }
            simulation.finish();
        } catch (AssertionError | RuntimeException e) {
            violation = Violation.of(e);
        }
        return new Trace(world, done, simulation.steps(), violation);
    }

    /** Runs these actions, and no others. */
    static Trace ofActions(World world, List<Action> actions, Story story) {
        Simulation simulation = new Simulation(world, story, new Coverage());
        int done = 0;
        Violation violation = null;
        try {
            for (Action action : actions) {
                done++;
                simulation.perform(action);
            }
            simulation.finish();
        } catch (AssertionError | RuntimeException e) {
            violation = Violation.of(e);
        }
        return new Trace(world, List.copyOf(actions.subList(0, done)), simulation.steps(), violation);
    }
}
