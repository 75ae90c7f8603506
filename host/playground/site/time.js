// Points in time as RFC 3339, as the program writes them.

const BILLION = 1_000_000_000n;

/** A time of so many digits after the second; without an offset it is local to where the capture was taken. */
export function rfc3339(value, digits, offset) {
    const units = 10n ** BigInt(digits);
    const seconds = floor(value, units) + BigInt(offset ?? 0);
    const days = floor(seconds, 86_400n);
    const second = Number(seconds - days * 86_400n);
    const clock = [second / 3600, (second / 60) % 60, second % 60].map((part) => two(Math.floor(part))).join(":");
    return `${date(Number(days))}T${clock}${fraction((value - floor(value, units) * units) * (BILLION / units))}${zone(offset)}`;
}

function floor(value, by) {
    const quotient = value / by;
    return value % by < 0n ? quotient - 1n : quotient;
}

function date(days) {
    const day = new Date(days * 86_400_000);
    return [String(day.getUTCFullYear()).padStart(4, "0"), two(day.getUTCMonth() + 1), two(day.getUTCDate())].join("-");
}

function fraction(nanos) {
    const digits = String(nanos).padStart(9, "0");
    if (nanos === 0n) {
        return "";
    }
    return `.${digits.endsWith("000000") ? digits.slice(0, 3) : digits.endsWith("000") ? digits.slice(0, 6) : digits}`;
}

function zone(offset) {
    if (offset === undefined) {
        return "";
    }
    if (offset === 0) {
        return "Z";
    }
    const ahead = Math.abs(offset);
    return `${offset < 0 ? "-" : "+"}${two(Math.floor(ahead / 3600))}:${two(Math.floor(ahead / 60) % 60)}`;
}

function two(number) {
    return String(number).padStart(2, "0");
}
