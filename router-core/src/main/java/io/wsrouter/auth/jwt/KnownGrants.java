package io.wsrouter.auth.jwt;

import io.wsrouter.auth.Grants;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Grants that verified tokens have had of late, so that those of many users who may do the same are one object. Any thread.
 *
 * <p>Each hash has one place, which its latest grants take. Two threads that meet there may make two objects of the same
 * grants, which costs memory and nothing else.
 */
final class KnownGrants {

    private static final int PLACES = 256;

    private final AtomicReferenceArray<Grants> places = new AtomicReferenceArray<>(PLACES);

    /** The grants that are equal to {@code grants} and known, if any; else these, which are known from now on. */
    Grants shared(Grants grants) {
        int hash = grants.hashCode();
        int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
        Grants known = places.get(place);
        if (grants.equals(known)) {
            return known;
        }
        places.set(place, grants);
        return grants;
    }
}
