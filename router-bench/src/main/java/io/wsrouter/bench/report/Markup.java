package io.wsrouter.bench.report;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes elements, which are also well-formed XML. Texts and attributes are escaped, whatever they are. */
final class Markup {

    private static final String NOT_A_CHARACTER = "\uFFFD";

    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter out;

    Markup() {
        try {
            out = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Begins an element; attributes are names and values in turn. */
    Markup open(String element, Object... attributes) {
        return write(() -> {
            out.writeStartElement(element);
            writeAttributes(attributes);
        });
    }

    /** More attributes of the element that was just begun. */
    Markup attributes(Object... attributes) {
        return write(() -> writeAttributes(attributes));
    }

    /** Ends the element that was begun last. */
    Markup close() {
        return write(out::writeEndElement);
    }

    /** An element without content. */
    Markup empty(String element, Object... attributes) {
        return write(() -> {
            out.writeEmptyElement(element);
            writeAttributes(attributes);
        });
    }

    /** An element with a text. */
    Markup element(String element, String content, Object... attributes) {
        return open(element, attributes).text(content).close();
    }

    Markup text(String content) {
        return write(() -> out.writeCharacters(legal(content)));
    }

    /** What another of these has written, as it is. */
    Markup include(Markup other) {
        return write(() -> {
            out.writeCharacters("");
            out.flush();
            text.write(other.toString());
        });
    }

    /** All that was written. */
    @Override
    public String toString() {
        write(out::flush);
        return text.toString();
    }

    private void writeAttributes(Object... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            out.writeAttribute(attributes[i].toString(), legal(attributes[i + 1].toString()));
        }
    }

    /** Control characters and halves of surrogate pairs cannot stand in XML, not even escaped. */
    private static String legal(String content) {
        StringBuilder legal = new StringBuilder(content.length());
        content.codePoints().forEach(character -> {
            if (isLegal(character)) {
                legal.appendCodePoint(character);
            } else {
                legal.append(NOT_A_CHARACTER);
            }
        });
        return legal.toString();
    }

    private static boolean isLegal(int character) {
        boolean isNever =
                Character.getType(character) == Character.SURROGATE || character == 0xFFFE || character == 0xFFFF;
        return !isNever && (!Character.isISOControl(character) || "\t\n\r".indexOf(character) >= 0);
    }

    private Markup write(Step step) {
        try {
            step.run();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    private interface Step {
        void run() throws XMLStreamException;
    }
}
