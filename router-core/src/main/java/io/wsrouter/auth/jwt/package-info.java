/**
 * JSON Web Tokens: verifies them ({@link io.wsrouter.auth.jwt.JwtAuthenticator JwtAuthenticator}) with the keys of a
 * {@link io.wsrouter.auth.jwt.KeyRing KeyRing}, and mints them for the command line and tests
 * ({@link io.wsrouter.auth.jwt.TokenMinter TokenMinter}).
 *
 * <p>The only importer of JJWT, which does the signatures. What is read from a token is read from its bytes by a strict
 * reader, since JJWT repairs what it reads. Immutable values, safe for any thread. Imports {@code address} and
 * {@code auth}.
 */
@NullMarked
package io.wsrouter.auth.jwt;

import org.jspecify.annotations.NullMarked;
