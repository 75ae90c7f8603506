// Runs every fixture through the page's own modules and its transpiled plugins, and holds the outcome against `expected.json`, which
// the program has to meet too (`tests/golden.rs`).

import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { casesOf, facts } from "../../host/playground/cases.js";
import { ROOT } from "../../host/playground/tools.js";

/** Returns how many there were. */
export async function checkFixtures(folder, catalog) {
    // Node reads them as modules only where a `package.json` says so.
    cpSync(join(ROOT, "tests/playground/package.json"), join(folder, "package.json"));
    const [{ rows }, { line }, { parse }, { shapeOf }] = await Promise.all(
        ["columns", "json", "parse", "schema"].map((name) => import(pathToFileURL(join(folder, `${name}.js`)))),
    );
    let checked = 0;
    for (const plugin of new Set(catalog.map((entry) => entry.plugin))) {
        const parser = await load(join(folder, "plugins", plugin));
        const parsers = parser.about().parsers.map((one, index) => ({ ...one, index }));
        for (const { path, parsers: reading, command, words } of casesOf(plugin, parsers)) {
            let schema;
            const records = [];
            const problems = [];
            const shapes = [];
            const sink = {
                start: (_, described) => (schema = described),
                progress() {},
                shape: (shape) => shapes.push(shapeOf(schema, shape)),
                batch({ shape, rows: count, columns }) {
                    const values = rows(shapes[shape].fields, columns);
                    records.push(...Array.from({ length: count }, (_, row) => line(shapes[shape], values(row))));
                },
                problem: (problem) => problems.push(`${problem.severity}: ${told(problem)}`),
            };
            const request = { capture: readFileSync(join(path, "output")), source: source(path, command, words), candidates: reading.map(({ name, index, verbatim }) => ({ name, plugin, index, verbatim })) };
            const ended = await parse(request, () => parser, sink);
            const expected = JSON.parse(readFileSync(join(path, "expected.json"), "utf8"));
            assert.equal(`[${records.join()}]`, recordsOf(path), path);
            // The order is no part of the promise.
            assert.deepEqual(problems.sort(), expected.problems.sort(), path);
            assert.equal(ended.unrecognised === true || ended.malformed !== undefined, expected.error !== undefined, path);
            checked += 1;
        }
    }
    return checked;
}

/** The records of `expected.json` as they are written, numbers exact. */
function recordsOf(path) {
    const lines = readFileSync(join(path, "expected.json"), "utf8").split("\n");
    return `[${lines.filter((line) => line.startsWith("  {")).map((line) => line.trim().replace(/\]?,$/, "")).join()}]`;
}

async function load(folder) {
    const { instantiate } = await import(pathToFileURL(join(folder, "plugin.js")));
    const { parser } = await instantiate((file) => WebAssembly.compile(readFileSync(join(folder, file))), {});
    return parser;
}

/** What the program's test tells a parser of a case. */
function source(path, command, words) {
    const capture = facts(path);
    const input = command === undefined ? { tag: "file", val: capture.path ?? "" } : { tag: "command", val: { command, arguments: words } };
    return { input, platform: capture.platform, locale: capture.locale, captured: moment(capture["captured-at"]) };
}

function moment(text) {
    if (text === undefined) {
        return undefined;
    }
    const zone = /([+-])(\d\d):(\d\d)$/.exec(text);
    const ahead = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 3600 + Number(zone[3]) * 60) : text.endsWith("Z") ? 0 : undefined;
    const utc = ahead === undefined ? `${text}Z` : text;
    return { seconds: BigInt(Math.floor(Date.parse(utc) / 1000)), offset: ahead };
}

function told({ line, column, message }) {
    const place = [line > 0 && `line ${line}`, column > 0 && `column ${column}`].filter(Boolean).join(", ");
    return place ? `${place}: ${message}` : message;
}
