// Values for people: sizes in units, control characters made harmless, nested values on one line.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** A value as text; null for null. */
export function shown(field, value) {
    if (value === null) {
        return null;
    }
    switch (field.type) {
        case "boolean":
            return value ? "yes" : "no";
        case "integer":
        case "float":
            return number(field.unit, value);
        case "text":
        case "json":
            return printable(value);
        case "time":
            return value.replace("T", " ");
        case "map":
            return value.map(([key, entry]) => `${printable(key)}=${shown(field.children[0], entry) ?? "–"}`).join(" ");
        case "list":
            return value.map((item) => shown(field.children[0], item) ?? "–").join(", ");
        default:
            return field.children
                .map((child, index) => [child.name, shown(child, value[index])])
                .filter(([, text]) => text !== null)
                .map(([name, text]) => `${name}=${text}`)
                .join(" ");
    }
}

/** How much attention a number deserves: `fine`, `warning` or `critical`. None where nobody says. */
export function level(field, value) {
    if (!field.levels || value === null) {
        return undefined;
    }
    const { warning, critical } = field.levels;
    const reached = (at) => (critical < warning ? Number(value) <= at : Number(value) >= at);
    return reached(critical) ? "critical" : reached(warning) ? "warning" : "fine";
}

function number(unit, value) {
    switch (unit) {
        case "bytes":
            return bytes(Number(value));
        case "percent":
            return `${value}%`;
        case "seconds":
            return duration(Number(value));
        default:
            return value.toString();
    }
}

/** A size in the largest unit of 1024 that leaves at least 1, with three figures. */
function bytes(size) {
    let unit = 0;
    while (Math.abs(size) >= 999.5 && unit + 1 < UNITS.length) {
        size /= 1024;
        unit += 1;
    }
    const decimals = unit === 0 || Math.abs(size) >= 99.95 ? 0 : Math.abs(size) >= 9.995 ? 1 : 2;
    return `${size.toFixed(decimals)} ${UNITS[unit]}`;
}

/** A duration in its two largest units: `2d 3h`, `1h 5m`, `12s`. */
function duration(seconds) {
    const parts = [[86_400, "d"], [3600, "h"], [60, "m"]];
    const first = parts.findIndex(([length]) => Math.abs(seconds) >= length);
    if (first < 0) {
        return `${seconds}s`;
    }
    const [length, unit] = parts[first];
    const [smaller, name] = parts[first + 1] ?? [1, "s"];
    const rest = Math.floor((Math.abs(seconds) % length) / smaller);
    return `${Math.trunc(seconds / length)}${unit}${rest > 0 ? ` ${rest}${name}` : ""}`;
}

// Control characters, and those that turn the direction of the text around.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** Text with everything that is not seen as itself escaped. */
export function printable(text) {
    return text.replace(UNSEEN, (c) => SHORT[c] ?? `\\u{${c.codePointAt(0).toString(16)}}`);
}
