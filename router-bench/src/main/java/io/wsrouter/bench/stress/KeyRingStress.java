package io.wsrouter.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.wsrouter.auth.jwt.KeyRing;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A key ring is replaced whole while tokens are judged: it is immutable, so that it would be whole even by a plain write. */
@JCStressTest
@Description("A ring of one key is put in place by a data race; the reader counts its keys and algorithms.")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Not yet.")
@Outcome(id = "1, 3", expect = ACCEPTABLE, desc = "The key with all that its length allows: HS256, HS384, HS512.")
@Outcome(expect = FORBIDDEN, desc = "Half a ring.")
@State
public class KeyRingStress {

    private static final byte[] SECRET =
            "sixty-four bytes, as HS512 demands them of the secrets it takes.".getBytes(StandardCharsets.US_ASCII);

    private @Nullable KeyRing ring;

    /** The thread that read new keys. */
    @Actor
    public void replace() {
        ring = KeyRing.ofHmacSecret(SECRET);
    }

    /** A loop with a token. */
    @Actor
    public void read(II_Result result) {
        KeyRing seen = ring;
        if (seen != null) {
            result.r1 = seen.size();
            result.r2 = seen.algorithms().size();
        }
    }
}
