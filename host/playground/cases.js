// Which of a plugin's fixtures are of which of its parsers, by the rules of the program.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

import { ROOT } from "./tools.js";

/**
 * The cases of a plugin: `{path, parsers, command, words}`, where `parsers` are those that read it, best first, `command` how they spell
 * the command, undefined for a file, and `words` the arguments, undefined where they are not known.
 */
export function casesOf(plugin, parsers) {
    const cut = plugin.lastIndexOf("-");
    const place = join(ROOT, "plugins", plugin.slice(0, cut), plugin.slice(cut + 1), "fixtures");
    const folders = (folder) => (existsSync(folder) ? readdirSync(folder).sort().map((name) => join(folder, name)) : []);
    const paths = folders(place).flatMap(folders).filter((path) => existsSync(join(path, "output")));
    return paths.map((path) => ({ path, ...read(path, parsers) })).filter(({ parsers }) => parsers.length > 0);
}

/** The lines of a case's `capture.toml` with texts in them. */
export function facts(path) {
    const file = join(path, "capture.toml");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    return Object.fromEntries(lines.flatMap((line) => [...line.matchAll(/^([a-z-]+) = "(.*)"$/g)].map(([, key, value]) => [key, value])));
}

function read(path, parsers) {
    const file = join(path, "command");
    const known = existsSync(file);
    const capture = facts(path);
    const first = parsers[0];
    const unsaid = () => capture.path ?? (capture.command || first.commands.length > 0 ? undefined : first.files[0]);
    if (!known && unsaid() !== undefined) {
        return { parsers: parsers.filter(({ files }) => files.some((pattern) => isFile(pattern, unsaid()))) };
    }
    const typed = known ? readFileSync(file, "utf8").replace(/\n$/, "").split("\n") : (capture.command ?? plain(first.commands[0] ?? "")).split(" ");
    const found = parsers.flatMap((parser) => parser.commands.map((command) => ({ parser, ...named(command, parser, typed) })));
    const most = Math.max(...found.map(({ used }) => used?.length ?? 0));
    const best = found.filter(({ used }) => used?.length === most);
    const { command = basename(typed[0]), used = [0] } = best[0] ?? {};
    const words = known ? typed.filter((_, place) => !used.includes(place)) : undefined;
    return { parsers: [...new Set(best.map(({ parser }) => parser))], command, words };
}

/** A command without the marks that say how far it may be shortened. */
export function plain(command) {
    return command.replaceAll(/[[\]]/g, "");
}

/** Holds a command against what was typed. Options between its words are passed over. */
function named(command, parser, typed) {
    const used = [];
    const spelling = [];
    let at = 0;
    for (const [place, pattern] of command.split(" ").entries()) {
        let word = typed[at];
        if (place === 0) {
            word = word === undefined ? word : basename(word);
        } else {
            while (word?.startsWith("-") && word !== "--") {
                at += (parser.valueOptions ?? []).includes(word) ? 2 : 1;
                word = typed[at];
            }
        }
        const [start, end = ""] = pattern.replace("]", "").split("[");
        if (word === undefined || !word.startsWith(start) || !end.startsWith(word.slice(start.length))) {
            return {};
        }
        spelling.push(start + end);
        used.push(at);
        at += 1;
    }
    return { command: spelling.join(" "), used };
}

/** Whether a file is one of a pattern: a path, where `*` stands for any part of one name, or a name in any folder. */
function isFile(pattern, path) {
    const one = (part) => part.split("*").map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")).join("[^/]*");
    return new RegExp(`^${pattern.includes("/") ? "" : "(.*/)?"}${one(pattern)}$`).test(path);
}
