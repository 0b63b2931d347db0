package io.wsrouter.simulation;

/**
 * One decision of a run. It says all that it takes to carry it out, so that others can be left out before it; what the
 * operands mean, modulo whatever there is, is for the verb to say. Where it has no meaning, it does nothing.
 */
record Action(Verb verb, int a, int b, int c, int d) {

    @Override
    public String toString() {
        return verb + " " + a + " " + b + " " + c + " " + d;
    }
}
