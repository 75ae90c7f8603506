// Builds the page into `target/playground` (or the folder that is named): the files of `site/`, and each plugin of the program
// transpiled to JavaScript and core WebAssembly, with a sample capture from its fixtures.
//
// The components come out of the program (`target/release/outparse`, or what OUTPARSE names), or out of the folder that
// OUTPARSE_COMPONENTS names.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { casesOf, facts, plain } from "./cases.js";
import { ROOT, tool } from "./tools.js";

const SITE = fileURLToPath(new URL("site/", import.meta.url));
const out = resolve(process.argv[2] ?? join(ROOT, "target/playground"));

/** A sample is the first case of such a name that a plugin has, or else the largest of at most so many bytes. */
const FAVOURITES = ["human-readable", "usual", "all", "aux", "full-time", "human"];
const SMALL = 3500;

/** The sample of a parser that has no such case, as `tr`, which reads any text. */
const ANY_TEXT = "one line\nand another\n";

rmSync(out, { recursive: true, force: true });
cpSync(SITE, out, { recursive: true });

const catalog = [];
for (const component of components()) {
    catalog.push(...(await transpile(component)));
}
catalog.sort((a, b) => (a.name < b.name ? -1 : 1));
writeFileSync(join(out, "catalog.json"), JSON.stringify(catalog));
say(catalog);

/** The bytes of every component. */
function components() {
    const folder = process.env.OUTPARSE_COMPONENTS;
    return folder ? read(folder, ".component.wasm") : exported();
}

function exported() {
    const program = process.env.OUTPARSE ?? join(ROOT, "target/release/outparse");
    const folder = mkdtempSync(join(tmpdir(), "outparse-playground-"));
    const run = (...words) => execFileSync(program, words, { encoding: "utf8" });
    try {
        // What a user has installed is no part of the page.
        const plugins = JSON.parse(run("plugin", "list", "--format", "json")).filter(({ origin }) => origin === "bundled");
        for (const { name } of plugins) {
            run("plugin", "export", name, join(folder, `${name}.wasm`));
        }
        return read(folder, ".wasm");
    } finally {
        rmSync(folder, { recursive: true });
    }
}

function read(folder, ending) {
    const files = readdirSync(folder).filter((file) => file.endsWith(ending)).sort();
    if (files.length === 0) {
        throw new Error(`there is no component in \`${folder}\``);
    }
    return files.map((file) => readFileSync(join(folder, file)));
}

/** Puts a plugin into the page. Returns what it says of its parsers. */
async function transpile(component) {
    const jco = await tool("@bytecodealliance/jco");
    const options = { name: "plugin", instantiation: "async", nodejsCompat: false, noTypescript: true, minify: true };
    const { files } = await jco.transpile(component, options);
    const scratch = join(out, "plugins/new");
    mkdirSync(scratch, { recursive: true });
    for (const [file, bytes] of Object.entries(files)) {
        if (!file.endsWith(".d.ts")) {
            writeFileSync(join(scratch, file), bytes);
        }
    }
    const { about, fieldsOf } = await ask(scratch);
    const folder = join(out, "plugins", about.name);
    cpSync(scratch, folder, { recursive: true });
    rmSync(scratch, { recursive: true });
    // What reads no command of its own has to be asked for: the page cannot.
    const parsers = about.parsers.map((parser, index) => ({ ...parser, index }));
    const cases = casesOf(about.name, parsers);
    return parsers.filter(({ commands }) => commands.length > 0).map((parser) => {
        const { summary, commands, dialect, platforms, verbatim, index } = parser;
        // As the program names it: parsers of two plugins may have the same name.
        const name = parser.name === about.name ? parser.name : `${about.name}/${parser.name}`;
        const words = commands.map(plain);
        const fields = fieldsOf(index);
        const own = cases.filter(({ parsers, command }) => command !== undefined && parsers.some((one) => one.index === index));
        const sample = takeSample({ name, commands: words, platforms, fields }, own);
        return { name, plugin: about.name, index, verbatim, summary, commands: words, dialect, platforms, sample };
    });
}

/** Runs a transpiled plugin here, to ask what it is, and which fields the records of each parser have. */
async function ask(folder) {
    // Each is imported under a name of its own: modules are kept by their name.
    const own = join(folder, `plugin-${Math.random()}.mjs`);
    cpSync(join(folder, "plugin.js"), own);
    const { instantiate } = await import(pathToFileURL(own));
    rmSync(own);
    const { parser } = await instantiate((file) => WebAssembly.compile(readFileSync(join(folder, file))), {});
    const fieldsOf = (index) => {
        const { fields, kinds } = parser.schemaOf(index);
        return new Set([...fields.map(({ name }) => name), ...(kinds.length > 0 ? ["kind"] : [])]);
    };
    return { about: parser.about(), fieldsOf };
}

/** Makes a capture to begin with from the parser's fixtures. Returns how it was taken. */
function takeSample({ name, commands, platforms, fields }, cases) {
    const platform = platforms[0] ?? "linux";
    const best = bestCase(cases, fields, platform === "linux" ? "debian" : platform);
    const file = join(out, "samples", name);
    mkdirSync(dirname(file), { recursive: true });
    if (!best) {
        writeFileSync(file, ANY_TEXT);
        return { command: commands[0], arguments: [], platform };
    }
    cpSync(join(best.path, "output"), file);
    return { command: best.command, arguments: best.words ?? [], platform };
}

/** The best of a parser's cases that are small, its own, with nothing wrong; of a system of this name where there is one. */
function bestCase(cases, fields, system) {
    const size = ({ path }) => statSync(join(path, "output")).size;
    const fine = cases.filter((one) => {
        const { path, command } = one;
        const { records, problems, error } = JSON.parse(readFileSync(join(path, "expected.json"), "utf8"));
        const isPlain = !/^(busy|toy)box /.test(command) && Object.keys(facts(path)).every((key) => key === "command");
        const isOwn = records.every((record) => Object.keys(record).every((name) => fields.has(name)));
        return isPlain && isOwn && size(one) <= SMALL && records.length > 0 && problems.length === 0 && error === undefined;
    });
    const of = fine.filter(({ path }) => basename(dirname(path)).startsWith(system));
    const best = of.length > 0 ? of : fine;
    const favourites = FAVOURITES.flatMap((name) => best.filter(({ path }) => path.endsWith(`/${name}`)));
    return favourites[0] ?? best.sort((a, b) => size(b) - size(a))[0];
}

function say(plugins) {
    const sum = (folder, files) => files.reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0);
    const size = (folder) => sum(folder, readdirSync(folder, { recursive: true }).filter((file) => statSync(join(folder, file)).isFile()));
    const kib = (bytes) => `${Math.ceil(bytes / 1024)} KiB`.padStart(9);
    const files = readdirSync(out).filter((file) => file !== "plugins");
    console.log(`${kib(sum(out, files))}  the page, without plugins`);
    for (const name of new Set(plugins.map(({ plugin }) => plugin))) {
        console.log(`${kib(size(join(out, "plugins", name)))}  ${name}`);
    }
    console.log(`${kib(size(out))}  in all, in ${out}`);
}
