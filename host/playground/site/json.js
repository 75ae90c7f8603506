// Records as JSON, to the byte what `outparse --format json` prints: a record on each line, every field written, 64-bit numbers exact.

/** A document of these records. */
export function json(fields, records) {
    if (records.length === 0) {
        return "[]\n";
    }
    return `[\n${records.map((record) => object(fields, record)).join(",\n")}\n]\n`;
}

/** One record. */
export function object(fields, record) {
    return `{${fields.map((field, index) => `${JSON.stringify(field.name)}:${value(field, record[index])}`).join(",")}}`;
}

function value(field, of) {
    if (of === null) {
        return "null";
    }
    switch (field.kind) {
        case "integer":
        case "boolean":
            return of.toString();
        case "float":
            return float(of);
        case "text":
            return JSON.stringify(of);
        case "list":
            return `[${of.map((item) => value(field.children[0], item)).join(",")}]`;
        default:
            return object(field.children, of);
    }
}

/** Numbers that are not finite have no place in JSON; whole ones show that they are floats. */
function float(number) {
    if (!Number.isFinite(number)) {
        return "null";
    }
    const shortest = Object.is(number, -0) ? "-0" : number.toString();
    return /[.e]/.test(shortest) ? shortest : `${shortest}.0`;
}
