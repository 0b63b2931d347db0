package io.wsrouter.bench.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.jsonwebtoken.Claims;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;

/** A connection of the naive router. */
final class NaiveHandler extends SimpleChannelInboundHandler<TextWebSocketFrame> {

    private final NaiveRouter router;
    private String user = "";

    NaiveHandler(NaiveRouter router) {
        this.router = router;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
            Claims claims = ctx.channel().attr(NaiveToken.CLAIMS).get();
            user = claims.getSubject();
            router.onOpen(user, claims.getExpiration().toInstant().getEpochSecond(), ctx.channel());
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) throws JsonProcessingException {
        router.onText(user, ctx.channel(), frame.text());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        router.onClose(user, ctx.channel());
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
