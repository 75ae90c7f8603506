// The capture: the text area, line numbers beside it, and marks under the lines that have problems.

import { text as lossless } from "./columns.js";

/** Characters of a file that are put into the text area; all of it is parsed. */
const MOST_SHOWN = 1 << 20;

/** Lines that the text area has room for, when the text in it does not settle it. */
const FEWEST_ROWS = 6;
const MOST_ROWS = 16;

/** Bytes of one line that are shown in a mark. */
const MARKED = 4096;
const ESCAPE = 0x1b;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class Capture {
    /** `changed` is called when the capture has become another. */
    constructor(changed) {
        this.area = document.getElementById("capture");
        this.gutter = document.getElementById("gutter");
        this.marks = document.getElementById("marks");
        this.note = document.getElementById("file-note");
        /** The bytes that a file had, until the text is edited. */
        this.file = undefined;
        this.problems = [];
        this.area.addEventListener("input", () => {
            this.forgetFile();
            this.mark([]);
            changed();
        });
        this.area.addEventListener("scroll", () => this.follow());
        new ResizeObserver(() => this.follow()).observe(this.area);
    }

    /** Its bytes: a file's own, which need not be text, or those of what was typed. */
    bytes() {
        return this.file ?? new TextEncoder().encode(this.area.value);
    }

    /** Shows text that can be edited. */
    setText(text) {
        this.forgetFile();
        this.show(text);
    }

    /** Shows a file and keeps its bytes. */
    setFile(bytes, name) {
        this.file = bytes;
        const shown = decoder.decode(bytes.subarray(0, MOST_SHOWN));
        // A text area would make a line end of a carriage return, and the lines would no longer have their numbers.
        this.show(shown.replaceAll("\r\n", "\n").replaceAll("\r", "␍"));
        const size = `${bytes.length.toLocaleString("en")} bytes`;
        const part = bytes.length > MOST_SHOWN ? "; only the beginning is shown, all of it is parsed" : "";
        this.note.textContent = `${name}, ${size}${part}. It is parsed byte for byte until the text is edited.`;
        this.note.hidden = false;
        this.area.readOnly = bytes.length > MOST_SHOWN;
    }

    show(text) {
        this.area.value = text;
        this.area.rows = Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, this.lineCount() + 1));
        this.area.scrollTop = 0;
        this.area.scrollLeft = 0;
        this.mark([]);
    }

    forgetFile() {
        this.file = undefined;
        this.note.hidden = true;
        this.area.readOnly = false;
    }

    /** Marks the lines that have problems. */
    mark(problems) {
        this.problems = problems.filter((problem) => problem.line > 0);
        this.severities = new Map(this.problems.map(({ line, severity }) => [line, severity]));
        const lines = this.problems.length > 0 ? lineFinder(this.bytes()) : undefined;
        this.marks.replaceChildren(...this.problems.map((problem) => this.markOf(problem, lines(problem.line))));
        this.follow();
    }

    /** A mark as wide as the editor, with the place in its line underlined. */
    markOf({ line, column, severity }, bytes) {
        const mark = document.createElement("div");
        mark.className = severity;
        mark.dataset.line = line;
        mark.style.top = `${(line - 1) * this.lineHeight()}px`;
        // Columns count in the text without its escape sequences: in a line that has some, the line is all that is marked.
        if (column > 0 && column <= MARKED && !bytes.includes(ESCAPE)) {
            const place = document.createElement("b");
            const rest = decoder.decode(bytes.subarray(column - 1, MARKED)).replace(/[\r\n]+$/, "");
            place.textContent = /^\S+/.exec(rest)?.[0] ?? rest[0] ?? " ";
            mark.append(decoder.decode(bytes.subarray(0, column - 1)), place);
        }
        return mark;
    }

    /** Brings a line into view, with the cursor at the place. */
    goTo({ line, column }) {
        if (line === 0) {
            return;
        }
        const lines = this.area.value.split("\n");
        const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
        const bytes = new TextEncoder().encode(lines[line - 1] ?? "");
        const at = before + lossless(bytes.subarray(0, Math.max(0, column - 1))).length;
        this.area.focus({ preventScroll: true });
        this.area.setSelectionRange(at, at);
        this.area.scrollTop = (line - 1) * this.lineHeight() - this.area.clientHeight / 3;
        for (const mark of this.marks.children) {
            mark.classList.toggle("chosen", mark.dataset.line === String(line));
        }
        this.area.scrollIntoView({ block: "nearest" });
        this.follow();
    }

    lineHeight() {
        return Number.parseFloat(getComputedStyle(this.area).lineHeight);
    }

    /** Moves numbers and marks to where the text is. Only the numbers in view are there. */
    follow() {
        const { scrollTop, scrollLeft, clientHeight } = this.area;
        const height = this.lineHeight();
        const first = Math.floor(scrollTop / height);
        const all = this.lineCount();
        const numbers = Array.from({ length: Math.ceil(clientHeight / height) + 1 }, (_, index) => first + index + 1);
        this.gutter.replaceChildren(...numbers.filter((line) => line <= all).map((line) => this.numberOf(line)));
        this.gutter.style.transform = `translateY(${first * height - scrollTop}px)`;
        this.marks.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
    }

    /** How many lines there are, counted once for each text. */
    lineCount() {
        if (this.counted !== this.area.value) {
            this.counted = this.area.value;
            this.count = this.counted.split("\n").length;
        }
        return this.count;
    }

    numberOf(line) {
        const number = document.createElement("div");
        number.textContent = line;
        number.className = this.severities?.get(line) ?? "";
        return number;
    }
}

/** A function from a line's number to its bytes, for numbers that mostly grow. */
function lineFinder(bytes) {
    let number = 1;
    let start = 0;
    return (line) => {
        if (line < number) {
            number = 1;
            start = 0;
        }
        for (; number < line; number++) {
            const end = bytes.indexOf(10, start);
            if (end < 0) {
                return new Uint8Array();
            }
            start = end + 1;
        }
        const end = bytes.indexOf(10, start);
        return bytes.subarray(start, end < 0 ? bytes.length : end);
    };
}
