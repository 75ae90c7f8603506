// Takes escape sequences and the byte order mark out of lines, as the program does (its module of this name).

const [BELL, NEWLINE, ESCAPE] = [0x07, 0x0a, 0x1b];

/** The lines without them: `{bytes, first}`, where `first` is the number of the first line that had an escape sequence. */
export function takeOut(bytes, line) {
    const start = line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    if (!bytes.includes(ESCAPE)) {
        return { bytes: bytes.subarray(start) };
    }
    const plain = new Uint8Array(bytes.length);
    let [length, number, first] = [0, line, undefined];
    for (let at = start; at < bytes.length; ) {
        const skipped = bytes[at] === ESCAPE ? sequenceLength(bytes, at) : 0;
        if (skipped > 0) {
            first ??= number;
            at += skipped;
            continue;
        }
        number += bytes[at] === NEWLINE ? 1 : 0;
        plain[length++] = bytes[at++];
    }
    return { bytes: plain.subarray(0, length), first };
}

/** Bytes of the escape sequence (ECMA-48) that begins here, all on one line. 0 where an escape character begins none. */
function sequenceLength(bytes, start) {
    const run = (from, wanted) => {
        let at = from;
        while (at < bytes.length && wanted(bytes[at])) {
            at += 1;
        }
        return at;
    };
    const next = bytes[start + 1];
    const is = (characters) => next !== undefined && characters.includes(String.fromCharCode(next));
    if (is("[")) {
        const end = run(run(start + 2, (byte) => byte >= 0x30 && byte <= 0x3f), (byte) => byte >= 0x20 && byte <= 0x2f);
        return bytes[end] >= 0x40 && bytes[end] <= 0x7e ? end + 1 - start : 0;
    }
    if (is("]P_^k")) {
        const end = run(start + 2, (byte) => ![BELL, ESCAPE, NEWLINE].includes(byte));
        const closed = bytes[end] === BELL ? 1 : bytes[end] === ESCAPE && bytes[end + 1] === 0x5c ? 2 : 0;
        return closed > 0 ? end + closed - start : 0;
    }
    if (is("()*+")) {
        return /[0-9A-Za-z]/.test(String.fromCharCode(bytes[start + 2] ?? 0)) ? 3 : 0;
    }
    return is("=>78cDEHM") ? 2 : 0;
}
