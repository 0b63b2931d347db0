package io.wsrouter.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;

/** Searches every line of every log, and the traces of exceptions, for what is {@link Confidential}. */
public final class SearchingAppender extends AppenderBase<ILoggingEvent> {

    @Override
    protected void append(ILoggingEvent event) {
        Confidential.search("log " + event.getLoggerName(), event.getFormattedMessage());
        if (event.getThrowableProxy() != null) {
            Confidential.search("log " + event.getLoggerName(), ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }
}
