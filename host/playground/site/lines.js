// Cuts a capture into chunks of whole lines, as the program does: no parser ever sees half a line.

/** Bytes that are fed at once. */
const CHUNK = 64 << 10;

/** Bytes a line may have, its end included. A longer one is reported and never fed. */
const LONGEST = 1 << 20;

const NEWLINE = 10;

/** The pieces of a capture: `{bytes, line}`, and `{tooLong: line}` for a line over the limit. Lines count from 1. */
export function* pieces(capture) {
    let start = 0;
    let line = 1;
    while (start < capture.length) {
        const end = chunkEnd(capture, start);
        if (end - start > LONGEST) {
            yield { tooLong: line };
        } else {
            yield { bytes: capture.subarray(start, end), line };
        }
        line += newlines(capture, start, end);
        start = end;
    }
}

/** Where the chunk ends: after the last line end that fits, or after the one line that does not fit. */
function chunkEnd(capture, start) {
    if (capture.length - start <= CHUNK) {
        return capture.length;
    }
    const last = capture.lastIndexOf(NEWLINE, start + CHUNK - 1);
    if (last >= start) {
        return last + 1;
    }
    const next = capture.indexOf(NEWLINE, start);
    return next < 0 ? capture.length : next + 1;
}

function newlines(capture, start, end) {
    let count = 0;
    for (let at = capture.indexOf(NEWLINE, start); at >= 0 && at < end; at = capture.indexOf(NEWLINE, at + 1)) {
        count += 1;
    }
    return count;
}
