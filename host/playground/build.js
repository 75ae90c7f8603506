// Builds the page into `target/playground` (or the folder that is named): the files of `site/`, and each plugin of the program
// transpiled to JavaScript and core WebAssembly, with a sample capture from its fixtures.
//
// The components come out of the program (`target/release/outparse`, or what OUTPARSE names), or out of the folder that
// OUTPARSE_COMPONENTS names.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { ROOT, tool } from "./tools.js";

const SITE = fileURLToPath(new URL("site/", import.meta.url));
const out = resolve(process.argv[2] ?? join(ROOT, "target/playground"));

/** A sample is the first case of such a name that a plugin has, or else the largest of at most so many bytes. */
const FAVOURITES = ["human-readable", "usual", "all", "aux", "full-time", "human"];
const SMALL = 3000;

/** The sample of a plugin that has no fixtures, as `tr`, which reads any text. */
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
    const about = await ask(scratch);
    const folder = join(out, "plugins", about.name);
    cpSync(scratch, folder, { recursive: true });
    rmSync(scratch, { recursive: true });
    // What reads no command of its own has to be asked for: the page cannot.
    const parsers = about.parsers.map((parser, index) => ({ ...parser, index })).filter(({ commands }) => commands.length > 0);
    return parsers.map(({ name, summary, commands, dialect, platforms, index }) => {
        const words = commands.map((command) => command.replaceAll(/[[\]]/g, ""));
        const sample = takeSample({ name, dialect, commands: words, platforms });
        return { name, plugin: about.name, index, summary, commands: words, dialect, platforms, sample };
    });
}

/** Runs a transpiled plugin here, to ask what it is. */
async function ask(folder) {
    // Each is imported under a name of its own: modules are kept by their name.
    const own = join(folder, `plugin-${Math.random()}.mjs`);
    cpSync(join(folder, "plugin.js"), own);
    const { instantiate } = await import(pathToFileURL(own));
    rmSync(own);
    const { parser } = await instantiate((file) => WebAssembly.compile(readFileSync(join(folder, file))), {});
    return parser.about();
}

/** Makes a capture to begin with from the parser's fixtures. Returns how it was taken. */
function takeSample({ name, dialect, commands, platforms }) {
    const platform = platforms[0] ?? "linux";
    const fixtures = (command) => join(ROOT, "plugins", command, dialect, "fixtures");
    const command = commands.find((name) => existsSync(fixtures(name)));
    const best = command && bestCase(fixtures(command), platform === "linux" ? "debian" : platform);
    mkdirSync(join(out, "samples"), { recursive: true });
    if (!best) {
        writeFileSync(join(out, "samples", name), ANY_TEXT);
        return { command: commands[0], arguments: [], platform };
    }
    cpSync(join(best, "output"), join(out, "samples", name));
    const lines = existsSync(join(best, "command")) ? readFileSync(join(best, "command"), "utf8").trim().split("\n") : [];
    return { command, arguments: lines.slice(lines[1] === command ? 2 : 1), platform };
}

/** The folder of the best of a plugin's cases that are small, with nothing wrong; of a system of this name where there is one. */
function bestCase(place, system) {
    const systems = readdirSync(place).sort();
    const of = systems.filter((name) => name.startsWith(system));
    const inside = (name) => readdirSync(join(place, name)).sort().map((leaf) => join(place, name, leaf));
    const all = (of.length > 0 ? of : systems).flatMap(inside);
    const size = (path) => statSync(join(path, "output")).size;
    const fine = all.filter((path) => {
        const { records, problems, error } = JSON.parse(readFileSync(join(path, "expected.json"), "utf8"));
        return size(path) <= SMALL && records.length > 0 && problems.length === 0 && error === undefined;
    });
    const favourites = FAVOURITES.flatMap((name) => fine.filter((path) => path.endsWith(`/${name}`)));
    return favourites[0] ?? fine.sort((a, b) => size(b) - size(a))[0];
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
