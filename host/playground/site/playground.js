// The page: takes a capture and how it was taken, and shows what the parsers make of it.

import { Capture } from "./capture.js";
import { json } from "./json.js";
import { fromFragment, toFragment } from "./link.js";
import { commands, platforms, rank, words } from "./rank.js";
import { Runner } from "./runner.js";
import { printable } from "./shown.js";
import { fieldTable, recordTables } from "./table.js";

/** Time after the last key before the capture is parsed, in milliseconds. */
const PAUSE = 200;

const find = (id) => document.getElementById(id);
const [command, line, platform, sample] = ["command", "arguments", "platform", "sample"].map(find);

const runner = new Runner();
const capture = new Capture(() => {
    sample.value = "";
    soon();
});
let catalog = [];
let timer;

try {
    await begin();
} catch (error) {
    say(`The page cannot be loaded: ${printable(error.message)}.`, "failed");
}

async function begin() {
    catalog = await (await fetch("catalog.json")).json();
    fill(command, commands(catalog).map((name) => [name, name]));
    fill(platform, [["", "not known"], ...platforms(catalog).map((name) => [name, name])]);
    listen();
    try {
        const linked = await fromFragment(location.hash);
        await (linked ? showLinked(linked) : showCommand("df"));
    } catch (error) {
        await showCommand("df");
        say(`The link cannot be read: ${printable(error.message)}. A sample is shown instead.`, "failed");
    }
}

async function showCommand(name) {
    command.value = name;
    await offerSamples();
}

async function showLinked(linked) {
    if (!commands(catalog).includes(linked.command)) {
        throw new Error(`no parser reads \`${linked.command}\``);
    }
    command.value = linked.command;
    line.value = linked.line;
    platform.value = linked.platform;
    fillSamples("");
    setBytes(linked.bytes, "from the link");
    await parse();
}

function listen() {
    command.addEventListener("change", () => offerSamples());
    sample.addEventListener("change", () => loadSample());
    platform.addEventListener("change", () => parse());
    line.addEventListener("input", () => soon());
    find("source").addEventListener("submit", (event) => event.preventDefault());
    find("file").addEventListener("change", ({ target }) => open(target.files[0]));
    find("share").addEventListener("click", () => share());
    find("download").addEventListener("click", () => download());
    const editor = find("editor");
    editor.addEventListener("dragover", (event) => {
        event.preventDefault();
        editor.classList.add("over");
    });
    editor.addEventListener("dragleave", () => editor.classList.remove("over"));
    editor.addEventListener("drop", (event) => {
        editor.classList.remove("over");
        if (event.dataTransfer.files.length > 0) {
            event.preventDefault();
            open(event.dataTransfer.files[0]);
        }
    });
    listenToTabs([...document.querySelectorAll("[role=tab]")]);
}

/** Tabs as a screen reader's user knows them: arrows move between them. */
function listenToTabs(tabs) {
    const select = (chosen) => {
        for (const tab of tabs) {
            tab.setAttribute("aria-selected", String(tab === chosen));
            tab.tabIndex = tab === chosen ? 0 : -1;
            find(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
        }
        chosen.focus();
    };
    tabs.forEach((tab, index) => {
        tab.addEventListener("click", () => select(tab));
        tab.addEventListener("keydown", ({ key }) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
            if (step) {
                select(tabs[(index + step + tabs.length) % tabs.length]);
            }
        });
    });
}

/** Offers a sample of each dialect of the command, and shows the platform's own. */
async function offerSamples() {
    fillSamples();
    await loadSample();
}

function fillSamples(chosen) {
    const parsers = rank(catalog, command.value, platform.value || "linux");
    fill(sample, [...parsers.map(({ name, dialect }) => [name, dialect]), ["", "none"]]);
    sample.value = chosen ?? parsers[0].name;
}

async function loadSample() {
    if (sample.value === "") {
        capture.setText("");
        return parse();
    }
    const taken = byName(sample.value).sample;
    const bytes = new Uint8Array(await (await fetch(`samples/${sample.value}`)).arrayBuffer());
    line.value = taken.arguments.map(quoted).join(" ");
    platform.value = taken.platform;
    setBytes(bytes, "the sample");
    await parse();
}

async function open(file) {
    if (file) {
        sample.value = "";
        capture.setFile(new Uint8Array(await file.arrayBuffer()), printable(file.name));
        await parse();
    }
}

/** Shows bytes as text that can be edited, where that loses nothing. */
function setBytes(bytes, name) {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    if (text.includes("\r") || text.includes("\ufffd")) {
        capture.setFile(bytes, name);
    } else {
        capture.setText(text);
    }
}

function soon() {
    clearTimeout(timer);
    timer = setTimeout(parse, PAUSE);
}

/** What the worker needs to know. */
function request(whole) {
    const given = words(line.value);
    const source = {
        input: { tag: "command", val: { command: command.value, arguments: given.length > 0 ? given : undefined } },
        platform: platform.value || undefined,
        locale: undefined,
        captured: undefined,
    };
    const candidates = rank(catalog, command.value, platform.value || "linux");
    return { capture: capture.bytes(), source, candidates, whole };
}

async function parse() {
    clearTimeout(timer);
    document.body.dataset.state = "busy";
    find("download").disabled = true;
    const asked = request(false);
    const outcome = await runner.run(asked, ({ bytes, records }) => {
        say(`Parsing … ${percent(bytes, asked.capture.length)} %, ${count(records, "record")}`);
    });
    if (outcome) {
        show(outcome);
        document.body.dataset.state = "idle";
    }
}

function show(outcome) {
    const { fields = [], records = [], name } = outcome;
    find("table-panel").replaceChildren(...(name ? recordTables(records) : []));
    find("fields-panel").replaceChildren(...(name ? [fieldTable(fields)] : []));
    find("json").textContent = name ? json(records) : "";
    find("download").disabled = !name;
    const refused = (outcome.refusals ?? []).map((refusal) => [`${refusal.name}: `, refusal.problem]);
    const found = outcome.malformed ? [...(outcome.problems ?? []), outcome.malformed] : (outcome.problems ?? []);
    // Where a parser took it, what the others missed is of interest but no problem.
    const why = outcome.unrecognised ? refused : found.map((problem) => ["", problem]);
    find("problems").replaceChildren(...why.map(([who, problem]) => problemItem(who, problem)));
    find("refusals").replaceChildren(...(outcome.unrecognised ? [] : refused.map(([who, problem]) => refusalItem(who, problem))));
    capture.mark(why.map(([, problem]) => problem));
    const [text, state] = summary(outcome);
    say(text, state);
}

/** What happened, in a sentence or two. */
function summary({ kind, message, name, total, records, problemCount, unrecognised, malformed }) {
    if (kind === "broken") {
        return [`The parser failed: ${printable(message)}.`, "failed"];
    }
    if (unrecognised) {
        return [`This is not the output of ${command.value} that any parser knows.`, "failed"];
    }
    const part = records.length < total ? `, of which the first ${records.length.toLocaleString("en")} are shown` : "";
    const wrong = problemCount > 0 ? `, ${count(problemCount, "problem")}` : "";
    const broken = malformed ? " The capture is broken beyond the last problem." : "";
    return [`${name}: ${count(total, "record")}${part}${wrong}.${broken}`, malformed ? "failed" : ""];
}

function problemItem(who, problem) {
    const place = [problem.line > 0 && `line ${problem.line}`, problem.column > 0 && `column ${problem.column}`].filter(Boolean);
    const button = document.createElement("button");
    button.type = "button";
    button.className = problem.severity;
    const where = document.createElement("span");
    where.className = "place";
    where.textContent = `${who}${problem.severity}${place.length > 0 ? `, ${place.join(", ")}` : ""}: `;
    button.append(where, printable(problem.message));
    button.addEventListener("click", () => capture.goTo(problem));
    return item(button);
}

function refusalItem(who, problem) {
    return item(`Not ${who}${printable(problem.message)}`);
}

function item(content) {
    const made = document.createElement("li");
    made.append(content);
    return made;
}

async function share() {
    const taken = { command: command.value, line: line.value, platform: platform.value, bytes: capture.bytes() };
    history.replaceState(null, "", await toFragment(taken));
    try {
        await navigator.clipboard.writeText(location.href);
        say("The link is copied. The capture is in it, and is sent to no server.");
    } catch {
        say("The link is in the address bar. The capture is in it, and is sent to no server.");
    }
}

/** Parses again and keeps all records, not only those that are shown. */
async function download() {
    const outcome = await runner.run(request(true));
    if (outcome?.kind === "broken") {
        say(...summary(outcome));
    }
    if (outcome?.document) {
        const address = URL.createObjectURL(outcome.document);
        const link = document.createElement("a");
        link.href = address;
        link.download = `${command.value}.json`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
    }
}

function say(text, state = "") {
    find("status").textContent = text;
    find("status").className = state;
}

function fill(select, options) {
    select.replaceChildren(...options.map(([value, label]) => new Option(label, value)));
}

function byName(name) {
    return catalog.find((parser) => parser.name === name);
}

function quoted(word) {
    return /^[^\s"']+$/.test(word) ? word : `'${word}'`;
}

function percent(part, whole) {
    return whole > 0 ? Math.floor((100 * part) / whole) : 100;
}

function count(number, noun) {
    return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
