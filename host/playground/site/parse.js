// Parses a capture: offers it to the parsers in turn until one recognises it, as the program does.

import { takeOut } from "./escapes.js";
import { pieces } from "./lines.js";

/** Bytes after which a parser that has not refused is the one, records or not. */
const REPLAY = 1 << 20;

/** Problems after which it is, too. */
const MOST_PROBLEMS_KEPT = 20_000;

/**
 * Parses. `candidates` are parsers, best first: `{name, plugin, index, verbatim}`; `load` gives a plugin by its name. The sink is told
 * `start(name, schema)`, `shape(shape)`, `batch(batch)`, `problem(problem)`, and now and then `progress(bytes)`.
 *
 * Returns what became of it: `{refusals}`, and where it did not go to its end `{unrecognised: true}` or `{malformed: problem}`.
 */
export async function parse({ capture, source, candidates }, load, sink) {
    const refusals = [];
    for (const { plugin, ...parser } of candidates) {
        const attempt = new Attempt(parser, await load(plugin), sink);
        const failure = attempt.run(capture, source);
        if (failure?.tag === "unrecognised" && !attempt.settled) {
            refusals.push({ name: parser.name, problem: failure.val });
            continue;
        }
        attempt.settle();
        return failure ? { refusals, malformed: failure.val } : { refusals };
    }
    return { refusals, unrecognised: true };
}

/** One parser's try. */
class Attempt {
    constructor({ name, index, verbatim }, plugin, sink) {
        this.name = name;
        this.plugin = plugin;
        this.index = index;
        this.verbatim = verbatim;
        this.sink = sink;
        this.settled = false;
        this.kept = [];
        this.shapes = [];
    }

    /** Returns why it failed, or nothing. */
    run(capture, source) {
        const session = new this.plugin.Session(this.index, source);
        let escaped;
        for (const piece of pieces(capture)) {
            if (piece.tooLong) {
                this.keep([lost(piece.tooLong)]);
                continue;
            }
            const { bytes, first } = this.verbatim ? piece : takeOut(piece.bytes, piece.line);
            escaped ??= first;
            const failure = this.take(() => session.feed(bytes, BigInt(piece.line)));
            if (failure) {
                return failure;
            }
            const end = piece.bytes.byteOffset - capture.byteOffset + piece.bytes.length;
            if (end > REPLAY) {
                this.settle();
            }
            this.sink.progress(end);
        }
        const failure = this.take(() => session.finish({ complete: true, status: undefined }));
        if (!failure && escaped) {
            this.keep([takenOut(escaped)]);
        }
        return failure;
    }

    /** Takes a call's answer. Returns the failure that it is, or nothing. */
    take(call) {
        let answer;
        try {
            answer = call();
        } catch (error) {
            if (error?.payload === undefined) {
                throw error;
            }
            return error.payload;
        }
        this.tell(answer.shapes);
        for (const batch of answer.batches.filter(({ rows }) => rows > 0)) {
            this.settle();
            this.sink.batch(batch);
        }
        this.keep(answer.problems);
        return undefined;
    }

    /** Passes shapes on, once it is clear whose they are. */
    tell(shapes) {
        if (this.settled) {
            shapes.forEach((shape) => this.sink.shape(shape));
        } else {
            this.shapes.push(...shapes);
        }
    }

    /** Passes problems on, once it is clear whose they are. */
    keep(problems) {
        if (this.settled) {
            problems.forEach((problem) => this.sink.problem(problem));
            return;
        }
        this.kept.push(...problems);
        if (this.kept.length > MOST_PROBLEMS_KEPT) {
            this.settle();
        }
    }

    /** There is no way back. */
    settle() {
        if (!this.settled) {
            this.settled = true;
            this.sink.start(this.name, this.plugin.schemaOf(this.index));
            this.tell(this.shapes);
            this.keep(this.kept);
        }
    }
}

function lost(line) {
    return { severity: "error", line: BigInt(line), column: 0, message: "the line is longer than the limit and was left out" };
}

function takenOut(line) {
    const message = "escape sequences, such as those of colours, were taken out before parsing";
    return { severity: "warning", line: BigInt(line), column: 0, message };
}
