package io.wsrouter.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** A part of a run in another process: asks it over a link; and the other end of that link. */
final class RemoteWorker implements Worker {

    /** What can be asked. */
    enum Ask {
        INFO,
        PREPARE,
        CONNECT,
        START,
        SAMPLE,
        FINISH,
        END
    }

    /** A question with what it needs. */
    record Question(Ask ask, @Nullable JsonNode with) {}

    /** An answer, or why there is none. */
    record Answer(@Nullable JsonNode answer, @Nullable String error) {}

    private static final double ANSWER_SECONDS = 30;

    private final WorkerLink link;
    private double connectSeconds;
    private boolean isEnded;

    RemoteWorker(WorkerLink link) {
        this.link = link;
    }

    private <T> T ask(Ask ask, @Nullable Object with, Class<T> type) throws IOException {
        return ask(ask, with, type, ANSWER_SECONDS);
    }

    private <T> T ask(Ask ask, @Nullable Object with, Class<T> type, double withinSeconds) throws IOException {
        Answer answer;
        try {
            link.send(new Question(ask, with == null ? null : WorkerLink.JSON.valueToTree(with)));
            link.awaitAtMost(withinSeconds);
            answer = link.receive(Answer.class);
        } catch (SocketTimeoutException e) {
            throw new IOException(
                    "the process that joined from " + link.peer() + " has not answered for " + Math.round(withinSeconds)
                            + " s",
                    e);
        } catch (IOException e) {
            throw new IOException("the process that joined from " + link.peer() + " is gone", e);
        }
        if (answer.error() != null) {
            throw new IOException("the process that joined from " + link.peer() + ": " + answer.error());
        }
        return WorkerLink.JSON.treeToValue(answer.answer(), type);
    }

    @Override
    public Info info() throws IOException {
        return ask(Ask.INFO, null, Info.class);
    }

    @Override
    public void prepare(Assignment assignment) throws IOException {
        connectSeconds = assignment.plan().connectSeconds();
        ask(Ask.PREPARE, assignment, Boolean.class);
    }

    @Override
    public Connected connect() throws IOException {
        return ask(Ask.CONNECT, null, Connected.class, connectSeconds + ANSWER_SECONDS);
    }

    @Override
    public void start(long startNanos) throws IOException {
        ask(Ask.START, startNanos, Boolean.class);
    }

    @Override
    public Sample sample() throws IOException {
        return ask(Ask.SAMPLE, null, Sample.class);
    }

    @Override
    public Part finish() throws IOException {
        return ask(Ask.FINISH, null, Part.class);
    }

    @Override
    public void close() throws IOException {
        if (!isEnded) {
            isEnded = true;
            try (link) {
                link.send(new Question(Ask.END, null));
            } catch (IOException e) {
                // it has ended before
            }
        }
    }

    // ---- the other end

    /**
     * Lets the other side of the link lead {@code worker} until it says that this is the end.
     *
     * @throws IOException when the other side is gone before, or is silent
     */
    static void serve(WorkerLink link, Worker worker) throws IOException {
        try {
            link.awaitAtMost(LoadPlan.MOST_CONNECT_SECONDS);
            Question question = link.receive(Question.class);
            while (question.ask() != Ask.END) {
                link.send(answer(question, worker));
                if (question.ask() == Ask.START) {
                    link.awaitAtMost(ANSWER_SECONDS);
                }
                question = link.receive(Question.class);
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("the process that leads the run has fallen silent", e);
        } catch (EOFException | SocketException e) {
            throw new IOException("the process that leads the run is gone", e);
        }
    }

    private static Answer answer(Question question, Worker worker) {
        try {
            return new Answer(WorkerLink.JSON.valueToTree(answerOf(question, worker)), null);
        } catch (IOException | RuntimeException e) {
            return new Answer(null, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static Object answerOf(Question question, Worker worker) throws IOException {
        switch (question.ask()) {
            case INFO -> {
                return worker.info();
            }
            case PREPARE -> worker.prepare(WorkerLink.JSON.treeToValue(question.with(), Assignment.class));
            case CONNECT -> {
                return worker.connect();
            }
            case START -> worker.start(WorkerLink.JSON.treeToValue(question.with(), Long.class));
            case SAMPLE -> {
                return worker.sample();
            }
            case FINISH -> {
                return worker.finish();
            }
            case END -> throw new IOException("asked to end in the wrong place");
        }
        return true;
    }
}
