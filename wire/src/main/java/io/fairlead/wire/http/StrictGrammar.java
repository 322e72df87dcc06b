package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of messages just before Netty's decoder does, and stops at the first that HTTP/1.1 (RFC 9112) does not have
 * at its place. Netty's decoder forgives tabs and double spaces between the words of a first line, versions in lower case, names
 * with spaces, lines that continue the one before, and what follows a chunk's size; another server may understand each of
 * them differently, which is how one request hides inside another.
 *
 * <p>It reads heads, the lines between chunks and trailers, each byte once however they are cut into packets; bodies are
 * skipped. States: <b>start</b> → the words of the first line → <b>line</b> (the start of each field line), <b>name</b>, <b>value</b>
 * → <b>ended</b> (the head is whole, until the decoder has it) → <b>other</b> (a body without chunks) or <b>size</b>, <b>extension</b>,
 * <b>data</b> and so on, until its trailers have <b>ended</b> → start. One wrong byte: <b>wrong</b>, for good.
 */
final class StrictGrammar implements ByteProcessor {
    private static final String VERSION = "HTTP/0.0";
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final boolean[] TOKEN = new boolean[256];
    private static final int SIZE_DIGITS_MAX = 8;

    static {
        for (int c = 0; c < 128; c++) {
            TOKEN[c] = Character.isLetterOrDigit(c) || TOKEN_MARKS.indexOf(c) >= 0;
        }
    }

    private enum State {
        START,
        START_LF,
        METHOD,
        TARGET,
        VERSION,
        STATUS_VERSION,
        STATUS,
        REASON,
        FIRST_LF,
        LINE,
        NAME,
        VALUE,
        LINE_LF,
        LAST_LF,
        ENDED,
        OTHER,
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        WRONG
    }

    private final boolean answers;
    private State state;
    /** Characters of the word or digits of the size so far. */
    private int count;
    /** Of the chunk: its size while that is read, then what is left of it. */
    private long chunk;

    private boolean inBody;
    private boolean switched;
    private boolean told;
    /** How many of the bytes that the decoder has not taken have been read here. */
    private int ahead;

    /** @param answers whether the messages begin with a status line */
    StrictGrammar(boolean answers) {
        this.answers = answers;
        state = start();
    }

    private State start() {
        return answers ? State.STATUS_VERSION : State.START;
    }

    /** Reads what has come; false when it is no HTTP. Does not move {@code in}'s indices. */
    boolean read(ByteBuf in) {
        int end = in.writerIndex();
        int at = in.readerIndex() + ahead;
        while (at < end && !rests()) {
            if (state == State.DATA) {
                int skipped = (int) Math.min(chunk, end - at);
                chunk -= skipped;
                at += skipped;
                state = chunk == 0 ? State.DATA_CR : State.DATA;
            } else {
                int stopped = in.forEachByte(at, end - at, this);
                at = stopped < 0 ? end : stopped + 1;
            }
        }
        ahead = at - in.readerIndex();
        return state != State.WRONG;
    }

    private boolean rests() {
        return state == State.ENDED || state == State.OTHER || state == State.WRONG;
    }

    /** The decoder has taken {@code bytes}. */
    void taken(int bytes) {
        ahead = Math.max(0, ahead - bytes);
    }

    /** The decoder has made {@code part} of what it took: a head, a piece of a body, or another protocol's bytes. */
    void decoded(Object part) {
        if (!(part instanceof HttpObject http)) {
            return;
        }
        if (http.decoderResult().isFailure()) {
            state = State.WRONG;
            told = true;
        } else if (part instanceof HttpResponse answer && answer.status().code() == 101) {
            // Whatever follows is of another protocol.
            state = State.OTHER;
            switched = true;
        } else if (part instanceof LastHttpContent) {
            inBody = false;
            state = switched ? State.OTHER : word(start());
        } else if (part instanceof HttpMessage head) {
            inBody = true;
            state = HttpUtil.isTransferEncodingChunked(head) ? word(State.SIZE) : State.OTHER;
        }
    }

    /**
     * What to hand on, once, in place of what cannot be read; null when that has been done.
     *
     * @param head the message that stands for a wrong head
     */
    @Nullable HttpObject refusal(HttpMessage head) {
        if (told) {
            return null;
        }
        told = true;
        HttpObject refused = inBody ? new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER) : head;
        refused.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("not well-formed HTTP")));
        return refused;
    }

    /** Whether a part of a head has come and the rest has not; empty lines before it do not count. */
    boolean inHead() {
        return switch (state) {
            case START, START_LF, ENDED, OTHER, SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, WRONG -> false;
            case STATUS_VERSION -> count > 0;
            case METHOD, TARGET, VERSION, STATUS, REASON, FIRST_LF, LINE, NAME, VALUE, LINE_LF, LAST_LF -> true;
        };
    }

    @Override
    public boolean process(byte value) {
        int c = value & 0xff;
        state = switch (state) {
            case START -> c == '\r' ? State.START_LF : token(c, State.METHOD);
            case START_LF -> is(c, '\n', State.START);
            case METHOD -> c == ' ' ? word(State.TARGET) : token(c, State.METHOD);
            case TARGET -> target(c);
            case VERSION -> version(c, '\r', State.FIRST_LF);
            case STATUS_VERSION -> version(c, ' ', State.STATUS);
            case STATUS -> status(c);
            case REASON -> text(c, State.REASON, State.FIRST_LF);
            case FIRST_LF, LINE_LF -> is(c, '\n', State.LINE);
            case LINE -> c == '\r' ? State.LAST_LF : token(c, State.NAME);
            case NAME -> c == ':' ? State.VALUE : token(c, State.NAME);
            case VALUE -> text(c, State.VALUE, State.LINE_LF);
            case LAST_LF -> is(c, '\n', State.ENDED);
            case SIZE -> size(c);
            case EXTENSION -> text(c, State.EXTENSION, State.SIZE_LF);
            case SIZE_LF -> is(c, '\n', chunk == 0 ? State.LINE : State.DATA);
            case DATA_CR -> is(c, '\r', State.DATA_LF);
            case DATA_LF -> is(c, '\n', word(State.SIZE));
            case DATA, ENDED, OTHER, WRONG -> State.WRONG;
        };
        return !rests() && state != State.DATA;
    }

    private State word(State next) {
        count = 0;
        chunk = 0;
        return next;
    }

    private static State is(int c, char wanted, State next) {
        return c == wanted ? next : State.WRONG;
    }

    private static State token(int c, State next) {
        return TOKEN[c] ? next : State.WRONG;
    }

    /** A character of free text: no control character but the tab. */
    private static State text(int c, State more, State ended) {
        if (c == '\r') {
            return ended;
        }
        return c == '\t' || (c >= ' ' && c != 0x7f) ? more : State.WRONG;
    }

    /** Which characters a target may have is for its readers to say; here it only may not end early. */
    private State target(int c) {
        if (c == ' ') {
            return count == 0 ? State.WRONG : word(State.VERSION);
        }
        count = 1;
        return c > ' ' && c != 0x7f ? State.TARGET : State.WRONG;
    }

    private State version(int c, char ended, State next) {
        if (count == VERSION.length()) {
            return c == ended ? word(next) : State.WRONG;
        }
        char wanted = VERSION.charAt(count++);
        boolean right = wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
        return right ? state : State.WRONG;
    }

    private State status(int c) {
        if (count == 3) {
            return c == ' ' ? State.REASON : is(c, '\r', State.FIRST_LF);
        }
        count++;
        return c >= '0' && c <= '9' ? State.STATUS : State.WRONG;
    }

    private State size(int c) {
        int digit = Character.digit(c, 16);
        if (digit >= 0 && c < 128 && count < SIZE_DIGITS_MAX) {
            count++;
            chunk = chunk << 4 | digit;
            return State.SIZE;
        }
        if (count == 0) {
            return State.WRONG;
        }
        return c == ';' ? State.EXTENSION : is(c, '\r', State.SIZE_LF);
    }
}
