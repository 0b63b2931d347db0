package io.wsrouter.pipeline;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.util.Optional;

/** What protects a connection of a test, and by which provider. */
enum Security {
    PLAIN,
    JDK_TLS,
    OPENSSL_TLS;

    boolean isAvailable() {
        return this != OPENSSL_TLS || OpenSsl.isAvailable();
    }

    Optional<SslContext> forServer() {
        return switch (this) {
            case PLAIN -> Optional.empty();
            case JDK_TLS -> Optional.of(Contexts.JDK_SERVER);
            case OPENSSL_TLS -> Optional.of(OpenSslContexts.SERVER);
        };
    }

    Optional<SslContext> forClient() {
        return switch (this) {
            case PLAIN -> Optional.empty();
            case JDK_TLS -> Optional.of(Contexts.JDK_CLIENT);
            case OPENSSL_TLS -> Optional.of(OpenSslContexts.CLIENT);
        };
    }

    private static final class Contexts {
        static final X509Bundle CERTIFICATE = selfSigned();
        static final SslContext JDK_SERVER = server(SslProvider.JDK);
        static final SslContext JDK_CLIENT = client(SslProvider.JDK);

        private static X509Bundle selfSigned() {
            try {
                return new CertificateBuilder()
                        .subject("CN=localhost")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        static SslContext server(SslProvider provider) {
            try {
                return SslContextBuilder.forServer(CERTIFICATE.toKeyManagerFactory())
                        .sslProvider(provider)
                        .build();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        static SslContext client(SslProvider provider) {
            try {
                return SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .sslProvider(provider)
                        .build();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class OpenSslContexts {
        static final SslContext SERVER = Contexts.server(SslProvider.OPENSSL);
        static final SslContext CLIENT = Contexts.client(SslProvider.OPENSSL);
    }
}
