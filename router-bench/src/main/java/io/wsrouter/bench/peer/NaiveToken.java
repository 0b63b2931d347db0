package io.wsrouter.bench.peer;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.JwtException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AttributeKey;

/** Lets an upgrade pass that has a good bearer token, and leaves its claims with the channel. */
final class NaiveToken extends SimpleChannelInboundHandler<FullHttpRequest> {

    static final AttributeKey<Claims> CLAIMS = AttributeKey.valueOf("claims");

    private static final String BEARER = "Bearer ";

    private final NaiveRouter router;

    NaiveToken(NaiveRouter router) {
        this.router = router;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        try {
            ctx.channel().attr(CLAIMS).set(router.verify(authorization.replaceFirst(BEARER, "")));
        } catch (JwtException | IllegalArgumentException e) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.UNAUTHORIZED))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.fireChannelRead(request.retain());
        ctx.pipeline().remove(this);
    }
}
