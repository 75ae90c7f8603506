// Records and fields as tables. Everything that a capture or a plugin says becomes text, never markup.

import { level, printable, shown } from "./shown.js";

/** Tables of records: one for each run of records of one shape. Columns that say nothing are left out. */
export function recordTables(records) {
    const runs = [];
    for (const { shape, values } of records) {
        if (runs.at(-1)?.shape !== shape) {
            runs.push({ shape, rows: [] });
        }
        runs.at(-1).rows.push(values);
    }
    return runs.map(({ shape, rows }) => recordTable(shape, rows));
}

function recordTable({ kind, fields }, rows) {
    const columns = fields.map((field, index) => ({ field, index }));
    const saying = columns.filter(({ index }) => rows.some((values) => values[index] !== null && values[index] !== false));
    const drawn = table(
        saying.map(({ field }) => heading(field)),
        rows.map((values) => saying.map(({ field, index }) => cell(field, values[index]))),
    );
    if (kind !== undefined) {
        drawn.createCaption().textContent = kind.replaceAll("_", " ");
    }
    return drawn;
}

/** A table of the fields a record has, children below their parents. */
export function fieldTable(fields) {
    const titles = ["field", "type", "unit", "meaning"].map((title) => element("th", title));
    return table(titles, describe(fields, 0));
}

function describe(fields, depth) {
    return fields.flatMap((field) => {
        const name = element("td", "  ".repeat(depth) + field.name);
        const type = `${field.type}${field.nullable ? ", may be null" : ""}`;
        const unit = `${field.unit ?? ""}${field.approximate ? " (rounded by the command)" : ""}`;
        const cells = [type, unit, field.doc].map((text) => element("td", printable(text)));
        return [[name, ...cells], ...describe(field.children, depth + 1)];
    });
}

function heading(field) {
    const title = element("th", field.name.replaceAll("_", " "));
    title.scope = "col";
    title.title = printable([field.doc, field.unit && `In ${field.unit}.`].filter(Boolean).join(" "));
    title.className = isNumber(field) ? "number" : "";
    return title;
}

function cell(field, value) {
    const text = shown(field, value);
    const td = document.createElement("td");
    td.append(...parts(field, value));
    if (text === null) {
        td.classList.add("null");
    }
    if (isNumber(field)) {
        td.classList.add("number");
    }
    const deserves = level(field, value);
    if (deserves) {
        td.classList.add(deserves);
    }
    if (field.unit === "bytes" && value !== null) {
        td.title = `${value.toLocaleString("en")} bytes`;
    }
    if (field.unit === "percent" && isNumber(field) && value !== null) {
        td.classList.add("percent");
        const bar = document.createElement("i");
        bar.style.setProperty("--part", `${Math.min(100, Math.max(0, Number(value)))}%`);
        td.replaceChildren(bar, element("span", text));
    }
    return td;
}

/** A value as the nodes of a cell: each record of a list on a line of its own, names quiet beside their values. */
function parts(field, value) {
    if (value === null || field.children.length === 0 || field.type === "map") {
        return [shown(field, value) ?? "–"];
    }
    if (field.type === "record") {
        const said = field.children.map((child, index) => [child, value[index]]).filter(([, part]) => part !== null);
        return said.map(([child, part]) => {
            const pair = element("span", "");
            pair.className = "pair";
            const name = element("span", `${child.name} `);
            name.className = "name";
            pair.append(name, ...parts(child, part), " ");
            return pair;
        });
    }
    const [item] = field.children;
    if (item.type !== "record") {
        return [shown(field, value)];
    }
    return value.map((each) => {
        const line = document.createElement("div");
        line.append(...parts(item, each));
        return line;
    });
}

function isNumber(field) {
    return field.type === "integer" || field.type === "float";
}

function table(headings, lines) {
    const drawn = document.createElement("table");
    drawn.createTHead().insertRow().append(...headings);
    const body = drawn.createTBody();
    for (const cells of lines) {
        body.insertRow().append(...cells);
    }
    return drawn;
}

function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
}
