// Parses away from the page: however long a parser takes, the page can still be used, and can end this worker.

import { rows } from "./columns.js";
import { line } from "./json.js";
import { parse } from "./parse.js";
import { fields, shapeOf } from "./schema.js";

/** Records that the page shows; more would make it slow. */
const SHOWN_RECORDS = 1000;

/** Problems that it lists. */
const SHOWN_PROBLEMS = 200;

/** Time between two signs of life, in milliseconds. */
const BEAT = 200;

const loaded = new Map();

/** The parser of this name, fetched and compiled once. */
function load(name) {
    if (!loaded.has(name)) {
        loaded.set(name, instantiate(name));
    }
    return loaded.get(name);
}

async function instantiate(name) {
    const folder = new URL(`plugins/${name}/`, import.meta.url);
    const module = await import(new URL("plugin.js", folder));
    const compile = (file) => WebAssembly.compileStreaming(fetch(new URL(file, folder)));
    const { parser } = await module.instantiate(compile, {});
    return parser;
}

/** Collects what the page shows of a parse; with `whole`, all records as a JSON document too. */
class Collector {
    constructor(whole) {
        this.whole = whole ? [] : undefined;
        this.total = 0;
        this.records = [];
        this.problems = [];
        this.problemCount = 0;
        this.beat = performance.now();
    }

    start(name, schema) {
        this.name = name;
        this.schema = schema;
        this.fields = fields(schema);
        this.shapes = [];
    }

    shape(shape) {
        this.shapes.push(shapeOf(this.schema, shape));
    }

    batch({ shape: index, rows: count, columns }) {
        const shape = this.shapes[index];
        const values = rows(shape.fields, columns);
        for (let row = 0; row < count && this.records.length < SHOWN_RECORDS; row++) {
            this.records.push({ shape, values: values(row) });
        }
        if (this.whole) {
            const lines = Array.from({ length: count }, (_, row) => line(shape, values(row)));
            this.whole.push(`${this.total > 0 ? ",\n" : ""}${lines.join(",\n")}`);
        }
        this.total += count;
    }

    problem({ severity, line, column, message }) {
        this.problemCount += 1;
        if (this.problems.length < SHOWN_PROBLEMS) {
            this.problems.push({ severity, line: Number(line), column, message });
        }
    }

    progress(bytes) {
        if (performance.now() - this.beat > BEAT) {
            this.beat = performance.now();
            postMessage({ kind: "progress", bytes, records: this.total });
        }
    }

    outcome() {
        const { name, fields, total, records, problems, problemCount } = this;
        return { name, fields, total, records, problems, problemCount, document: this.document() };
    }

    document() {
        const parts = this.total > 0 ? ["[\n", ...(this.whole ?? []), "\n]\n"] : ["[]\n"];
        return this.whole && new Blob(parts, { type: "application/json" });
    }
}

const place = (problem) => problem && { ...problem, line: Number(problem.line) };

onmessage = async ({ data }) => {
    const collector = new Collector(data.whole);
    try {
        const ended = await parse(data, load, collector);
        const refusals = ended.refusals.map(({ name, problem }) => ({ name, problem: place(problem) }));
        postMessage({ kind: "end", ...collector.outcome(), ...ended, refusals, malformed: place(ended.malformed) });
    } catch (error) {
        // The instance is of no use any more; the page starts another worker.
        postMessage({ kind: "broken", message: String(error?.message ?? error) });
    }
};
