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
    const [{ rows }, { line }, { parse }, { shapeOf }] = await Promise.all(
        ["columns", "json", "parse", "schema"].map((name) => import(pathToFileURL(join(folder, `${name}.js`)))),
    );
    let checked = 0;
    for (const { name, plugin, index, dialect, commands } of catalog) {
        const parser = await load(join(folder, "plugins", plugin));
        const schema = parser.schemaOf(index);
        for (const command of commands) {
            for (const path of cases(join(ROOT, "plugins", command, dialect, "fixtures"))) {
                const records = [];
                const problems = [];
                const shapes = [];
                const sink = {
                    start() {},
                    progress() {},
                    shape: (shape) => shapes.push(shapeOf(schema, shape)),
                    batch({ shape, rows: count, columns }) {
                        const values = rows(shapes[shape].fields, columns);
                        records.push(...Array.from({ length: count }, (_, row) => line(shapes[shape], values(row))));
                    },
                    problem: (problem) => problems.push(`${problem.severity}: ${told(problem)}`),
                };
                const request = { capture: readFileSync(join(path, "output")), source: source(path, command), candidates: [{ name, plugin, index }] };
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
    const capture = facts(path);
    const known = existsSync(join(path, "command"));
    const words = known ? readFileSync(join(path, "command"), "utf8").replace(/\n$/, "").split("\n") : [command];
    const named = command.split(" ").slice(1);
    const given = words.slice(1).filter((word) => !named.includes(word) || !named.splice(named.indexOf(word), 1));
    const name = words[1] === command ? command : command.includes(" ") ? command : words[0].split("/").at(-1);
    const invocation = { command: name, arguments: known ? (words[1] === command ? words.slice(2) : given) : undefined };
    const input = capture.path ? { tag: "file", val: capture.path } : { tag: "command", val: invocation };
    return { input, platform: capture.platform, locale: capture.locale, captured: moment(capture["captured-at"]) };
}

/** The lines of `capture.toml` with texts in them. */
function facts(path) {
    const file = join(path, "capture.toml");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    return Object.fromEntries(lines.flatMap((line) => [...line.matchAll(/^([a-z-]+) = "(.*)"$/g)].map(([, key, value]) => [key, value])));
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
