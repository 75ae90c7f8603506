// Runs every fixture through the page's own modules and its transpiled plugins, and holds the outcome against `expected.json`, which
// the program has to meet too (`tests/golden.rs`).

import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { ROOT } from "../../host/playground/tools.js";

/** Returns how many there were. */
export async function checkFixtures(folder, catalog) {
    // Node reads them as modules only where a `package.json` says so.
    cpSync(join(ROOT, "tests/playground/package.json"), join(folder, "package.json"));
    const [{ rows }, { object }, { parse }, { fields }] = await Promise.all(
        ["columns", "json", "parse", "schema"].map((name) => import(pathToFileURL(join(folder, `${name}.js`)))),
    );
    let checked = 0;
    for (const { name, dialect, commands } of catalog) {
        const parser = await load(join(folder, "plugins", name));
        for (const command of commands) {
            for (const path of cases(join(ROOT, "plugins", command, dialect, "fixtures"))) {
                const records = [];
                const problems = [];
                const sink = {
                    start() {},
                    progress() {},
                    batch({ rows: count, columns }) {
                        const tree = fields(parser.about().schema);
                        const record = rows(tree, columns);
                        records.push(...Array.from({ length: count }, (_, row) => object(tree, record(row))));
                    },
                    problem: (problem) => problems.push(`${problem.severity}: ${told(problem)}`),
                };
                const request = { capture: readFileSync(join(path, "output")), source: source(path, command), candidates: [name] };
                const ended = await parse(request, () => parser, sink);
                const expected = JSON.parse(readFileSync(join(path, "expected.json"), "utf8"));
                assert.equal(`[${records.join()}]`, recordsOf(path), path);
                // The order is no part of the promise.
                assert.deepEqual(problems.sort(), expected.problems.sort(), path);
                assert.equal(ended.unrecognised === true || ended.malformed !== undefined, expected.error !== undefined, path);
                checked += 1;
            }
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

function cases(place) {
    const systems = existsSync(place) ? readdirSync(place) : [];
    return systems.flatMap((system) => readdirSync(join(place, system)).map((name) => join(place, system, name)));
}

/** What the program's test tells a parser of a case. */
function source(path, command) {
    if (!existsSync(join(path, "command"))) {
        return { program: command, arguments: undefined, platform: undefined };
    }
    const words = readFileSync(join(path, "command"), "utf8").replace(/\n$/, "").split("\n");
    const [program, ...given] = words[1] === command ? words.slice(1) : words;
    return { program: program.split("/").at(-1), arguments: given, platform: undefined };
}

function told({ line, column, message }) {
    const place = [line > 0 && `line ${line}`, column > 0 && `column ${column}`].filter(Boolean).join(", ");
    return place ? `${place}: ${message}` : message;
}
