package io.wsrouter.keys;

import io.wsrouter.auth.jwt.SignatureProvider;
import org.conscrypt.Conscrypt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what verifies signatures fastest on this machine: Conscrypt where it is there and proves itself, else the JDK. */
public final class FastSignatures {

    private static final Logger LOG = LoggerFactory.getLogger(FastSignatures.class);

    private FastSignatures() {}

    /** Loads and tries it on the first call, which takes some tens of milliseconds. Any thread but a loop. */
    public static SignatureProvider find() {
        return Found.PROVIDER;
    }

    private static SignatureProvider conscryptOrJdk() {
        try {
            return SignatureProvider.proven(Conscrypt.newProvider());
        } catch (LinkageError | RuntimeException e) {
            LOG.info("Conscrypt is not available; the JDK verifies all signatures, EC and EdDSA at ten times the cost");
            return SignatureProvider.JDK;
        }
    }

    private static final class Found {

        static final SignatureProvider PROVIDER = conscryptOrJdk();
    }
}
