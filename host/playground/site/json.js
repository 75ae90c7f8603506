// Records as JSON, to the byte what `outparse --format json` prints: a record on each line, every field written, 64-bit numbers exact.

/** A document of these records, each with its shape. */
export function json(records) {
    if (records.length === 0) {
        return "[]\n";
    }
    return `[\n${records.map(({ shape, values }) => line(shape, values)).join(",\n")}\n]\n`;
}

/** One record, with its kind where there are several. */
export function line({ kind, fields }, values) {
    const members = membersOf(fields, values);
    return `{${(kind === undefined ? members : [`"kind":${JSON.stringify(kind)}`, ...members]).join(",")}}`;
}

function membersOf(fields, values) {
    return fields.map((field, index) => `${JSON.stringify(field.name)}:${value(field, values[index])}`);
}

function value(field, of) {
    if (of === null) {
        return "null";
    }
    switch (field.type) {
        case "integer":
        case "boolean":
            return of.toString();
        case "float":
            return float(of);
        case "text":
        case "time":
            return JSON.stringify(of);
        case "json":
            return of;
        case "map":
            return `{${of.map(([key, entry]) => `${JSON.stringify(key)}:${value(field.children[0], entry)}`).join(",")}}`;
        case "list":
            return `[${of.map((item) => value(field.children[0], item)).join(",")}]`;
        default:
            return `{${membersOf(field.children, of).join(",")}}`;
    }
}

/** Numbers that are not finite have no place in JSON; whole ones show that they are floats. */
function float(number) {
    if (!Number.isFinite(number)) {
        return "null";
    }
    const size = Math.abs(number);
    if (size !== 0 && (size < 1e-5 || size >= 1e16)) {
        return number.toExponential().replace("+", "");
    }
    const shortest = Object.is(number, -0) ? "-0" : number.toString();
    return /[.e]/.test(shortest) ? shortest : `${shortest}.0`;
}
