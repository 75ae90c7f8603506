// Turns the columns of a batch into records. The layout is Apache Arrow's: bitmaps with the least significant bit first, texts and
// lists as offsets into what follows. See `wit/parser.wit`.

import { rfc3339 } from "./time.js";

/**
 * A function from a row's number to its record: an array with a value for each field.
 *
 * A value is null, a boolean, a BigInt, a number, a string (of a text, a time, or a JSON value), an array (of a list's values, or of a
 * map's pairs), or an array (of a record's, in the order of its fields).
 */
export function rows(fields, columns) {
    const readers = fields.map((field) => reader(field, columns));
    return (row) => readers.map((read) => read(row));
}

function reader(field, columns) {
    const { validity, values } = columns[field.column];
    const read = valueReader(field, values, columns);
    return validity ? (row) => (bit(validity, row) ? read(row) : null) : read;
}

function valueReader(field, { tag, val }, columns) {
    switch (tag) {
        case "booleans":
            return (row) => bit(val, row);
        case "integers":
        case "floats":
            return (row) => val[row];
        case "texts":
            return (row) => text(val.bytes.subarray(val.offsets[row], val.offsets[row + 1]));
        case "times":
            return (row) => rfc3339(val.values[row], field.digits, field.offset ? val.offsets[row] : undefined);
        case "maps": {
            const entry = reader(field.children[0], columns);
            const key = valueReader(field, { tag: "texts", val: val.keys }, columns);
            const { offsets } = val;
            return (row) => Array.from({ length: offsets[row + 1] - offsets[row] }, (_, index) => {
                const at = offsets[row] + index;
                return [key(at), entry(at)];
            });
        }
        case "lists": {
            const item = reader(field.children[0], columns);
            return (row) => Array.from({ length: val[row + 1] - val[row] }, (_, index) => item(val[row] + index));
        }
        case "records":
            return rows(field.children, columns);
        default:
            return () => null;
    }
}

function bit(bitmap, index) {
    return ((bitmap[index >> 3] >> (index & 7)) & 1) === 1;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text as the program shows it: bytes that are not UTF-8 as `\xff`. */
export function text(bytes) {
    try {
        return strict.decode(bytes);
    } catch {
        return escaped(bytes);
    }
}

function escaped(bytes) {
    let shown = "";
    for (let at = 0; at < bytes.length; ) {
        const character = characterAt(bytes, at);
        shown += character ?? `\\x${bytes[at].toString(16).padStart(2, "0")}`;
        at += character === undefined ? 1 : utf8Length(bytes[at]);
    }
    return shown;
}

function characterAt(bytes, at) {
    try {
        return strict.decode(bytes.subarray(at, at + utf8Length(bytes[at])));
    } catch {
        return undefined;
    }
}

/** The bytes of a character that begins with this one. */
function utf8Length(first) {
    if (first < 0xc0) {
        return 1;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
