package io.wsrouter.simulation;

import java.util.SplittableRandom;

/**
 * The decisions of one run, from its seed alone: it never looks at what came of them. Each run has its own taste, and does
 * some things often and others never, because what needs two rare things would else never happen (Groce et al., "Swarm
 * testing", 2012).
 */
final class Script {

    private static final Verb[] VERBS = Verb.values();
    private static final int OPERAND_BITS = 16;
    private static final int MASK = (1 << OPERAND_BITS) - 1;
    private static final int FINE = 10;

    private final SplittableRandom random;
    private final int[] limits = new int[VERBS.length];
    private final int total;

    Script(World world) {
        random = new SplittableRandom(world.scriptSeed());
        int sum = 0;
        for (Verb verb : VERBS) {
            sum += FINE * verb.weight() * taste(verb, world) / FINE;
            limits[verb.ordinal()] = sum;
        }
        total = sum;
    }

    private int taste(Verb verb, World world) {
        int taste = random.nextInt(8);
        if ((verb == Verb.CORRUPT && !world.isCorrupted()) || (verb.needsNodes() && world.nodes() == 1)) {
            return 0;
        }
        if (taste == 0) {
            return verb.isEssential() ? FINE : 0;
        }
        return taste < 3 ? FINE / 3 : taste < 6 ? FINE : 3 * FINE;
    }

    Action next() {
        int dice = random.nextInt(total);
        int verb = 0;
        while (dice >= limits[verb]) {
            verb++;
        }
        long bits = random.nextLong();
        return new Action(VERBS[verb], operand(bits, 0), operand(bits, 1), operand(bits, 2), operand(bits, 3));
    }

    private static int operand(long bits, int index) {
        return (int) (bits >>> (index * OPERAND_BITS)) & MASK;
    }
}
