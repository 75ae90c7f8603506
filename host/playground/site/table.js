// Records and fields as tables. Everything that a capture or a plugin says becomes text, never markup.

import { level, printable, shown } from "./shown.js";

/** A table of records. Columns that say nothing are left out. */
export function recordTable(fields, records) {
    const columns = fields.map((field, index) => ({ field, index }));
    const saying = columns.filter(({ index }) => records.some((record) => record[index] !== null && record[index] !== false));
    return table(
        saying.map(({ field }) => heading(field)),
        records.map((record) => saying.map(({ field, index }) => cell(field, record[index]))),
    );
}

/** A table of the fields a record has, children below their parents. */
export function fieldTable(fields) {
    const titles = ["field", "type", "unit", "meaning"].map((title) => element("th", title));
    return table(titles, describe(fields, 0));
}

function describe(fields, depth) {
    return fields.flatMap((field) => {
        const name = element("td", "  ".repeat(depth) + field.name);
        const kind = `${field.kind}${field.nullable ? ", may be null" : ""}`;
        const unit = `${field.unit ?? ""}${field.approximate ? " (rounded by the command)" : ""}`;
        const cells = [kind, unit, field.doc].map((text) => element("td", printable(text)));
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
    if (value === null || field.children.length === 0) {
        return [shown(field, value) ?? "–"];
    }
    if (field.kind === "record") {
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
    if (item.kind !== "record") {
        return [shown(field, value)];
    }
    return value.map((each) => {
        const line = document.createElement("div");
        line.append(...parts(item, each));
        return line;
    });
}

function isNumber(field) {
    return field.kind === "integer" || field.kind === "float";
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
