// Makes columns from rows: all that stands between a parser of lines and the interface in `wit/`.
//
// Nothing here is about one command. `wit/parser.wit` says what the host expects; this file is yours to change.

const SPACE = 0x20;
const TAB = 0x09;
const isBlank = (byte) => byte === SPACE || byte === TAB;

/** Bytes as text, a character for each byte that is not ASCII: for comparisons and numbers, not for values. */
const ascii = (bytes) => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** This line, or as another class the whole capture, cannot be understood. Column 0 means the whole line. */
export class Failed extends Error {
  constructor(message, column = 0) {
    super(message);
    this.column = column;
  }
}

/** The capture is not this parser's: the next parser is asked. */
export class Unrecognised extends Failed {}

/** The capture is this parser's, and broken beyond repair. */
export class Malformed extends Failed {}

/** Words of the capture for a message. */
export const quoted = (bytes) => {
  const text = ascii(bytes);
  return text.length <= 40 ? `\`${text}\`` : `\`${text.slice(0, 40)}…\``;
};

/** A part of a line, which knows where it stands: column 1 is the line's first byte. */
export class Word {
  constructor(bytes, column) {
    this.bytes = bytes;
    this.column = column;
  }

  /** As it is: names need not be UTF-8. */
  text() {
    return this.bytes;
  }

  /** A whole number. JavaScript has them exactly up to 2^53. */
  integer() {
    const text = ascii(this.bytes);
    const number = Number(text);
    if (!/^[-+]?[0-9]+$/.test(text) || !Number.isSafeInteger(number)) throw this.expected("a whole number");
    return number;
  }

  /** A number, perhaps with a fraction. */
  float() {
    const text = ascii(this.bytes);
    if (!/^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(text)) throw this.expected("a number");
    return Number(text);
  }

  /** Undefined when the command printed `-` or nothing. */
  known() {
    const text = ascii(this.bytes);
    return text === "" || text === "-" ? undefined : this;
  }

  /** An error to throw: something else was expected here. */
  expected(what) {
    return new Failed(`expected ${what}, found ${quoted(this.bytes)}`, this.column);
  }
}

/** A line without its end, and its number in the capture. */
export class Line {
  constructor(bytes, number) {
    this.bytes = bytes;
    this.number = number;
  }

  isBlank() {
    return this.bytes.every(isBlank);
  }

  /** The part between two places, counted from 0. */
  part(from, to) {
    return new Word(this.bytes.subarray(from, to), from + 1);
  }

  /** What stands between blanks. */
  words() {
    const found = [];
    let start = -1;
    for (let at = 0; at <= this.bytes.length; at++) {
      const blank = at === this.bytes.length || isBlank(this.bytes[at]);
      if (!blank && start < 0) start = at;
      if (blank && start >= 0) {
        found.push(this.part(start, at));
        start = -1;
      }
    }
    return found;
  }

  /** The first words, and as the last one everything after them but blanks at the end; it may be empty. */
  wordsAndRest(count) {
    const found = this.words();
    if (found.length < count - 1) throw new Failed(`expected ${count} fields, found ${found.length}`);
    const end = this.bytes.length;
    if (found.length < count) return [...found, this.part(end, end)];
    const last = found[found.length - 1];
    return [...found.slice(0, count - 1), this.part(found[count - 1].column - 1, last.column - 1 + last.bytes.length)];
  }

  /** What stands between separators of one byte. The number of words must be `count`. */
  split(separator, count) {
    const found = [];
    let start = 0;
    for (let at = 0; at <= this.bytes.length; at++) {
      if (at === this.bytes.length || this.bytes[at] === separator.charCodeAt(0)) {
        found.push(this.part(start, at));
        start = at + 1;
      }
    }
    if (found.length !== count) throw new Failed(`expected ${count} fields, found ${found.length}`);
    return found;
  }

  /** Throws when the line does not have the words of these titles. */
  expect(titles) {
    const words = this.words().map((word) => ascii(word.bytes)).join(" ");
    if (words !== titles.join(" ")) {
      throw new Unrecognised(`expected the titles \`${titles.join(" ")}\`, found ${quoted(this.bytes)}`);
    }
  }
}

/** Where the titles of a table stand. */
export class Header {
  constructor(line, titles) {
    line.expect(titles);
    const words = line.words();
    // A title may have several words.
    this.places = titles.map((title) => {
      const own = words.splice(0, title.split(" ").length);
      const last = own[own.length - 1];
      return { start: own[0].column - 1, end: last.column - 1 + last.bytes.length };
    });
  }

  /** For each title the words that stand under it, or nearer to it than to any other. Undefined where there are none. */
  cells(line) {
    const cells = this.places.map(() => undefined);
    for (const word of line.words()) {
      const start = word.column - 1;
      const end = start + word.bytes.length;
      const distances = this.places.map((title) => Math.max(0, title.start - end + 1, start + 1 - title.end));
      const nearest = distances.indexOf(Math.min(...distances));
      const first = cells[nearest] ? cells[nearest].column - 1 : start;
      cells[nearest] = line.part(first, end);
    }
    return cells;
  }
}

/**
 * A field of `text`, `integer` or `float`. Every field is documented: users see it in `outparse schema`. In `more`: `nullable`,
 * `approximate`, `unit`, which says what a number counts: `bytes`, `percent`, `seconds`, and `role`, which says what the field is for:
 * `key`, `counter` or `gauge`.
 */
export const field = (name, type, doc, more = {}) => ({
  name,
  type: { tag: type },
  nullable: false,
  unit: null,
  approximate: false,
  doc,
  role: null,
  levels: null,
  ...more,
});

const problem = (severity, line, column, message) => ({ severity, line, column, message });

/** The records and problems since the last call. */
export class Rows {
  constructor(fields) {
    this.fields = fields;
    this.made = 0;
    this.recognised = false;
    this.present = fields.map((_, index) => index);
    this.told = false;
    this.shapes = 0;
    this.clear();
  }

  /** Says which fields this capture has: only those are written. Without it, all are. Call it before the first record. */
  shape(names) {
    this.present = this.fields.map((_, index) => index).filter((index) => names.includes(this.fields[index].name));
    this.told = false;
  }

  clear() {
    this.records = [];
    this.problems = [];
  }

  /** Adds a record: an object with a value for each field. A nullable one may be undefined. */
  push(record) {
    for (const { name, nullable } of this.fields) {
      if (!nullable && record[name] === undefined) throw new Failed(`the field \`${name}\` has no value`);
    }
    this.records.push(record);
    this.made += 1;
    this.recognised = true;
  }

  /** The record is there, but a value in it was guessed. */
  warn(line, message, column = 0) {
    this.problems.push(problem("warning", line.number, column, message));
  }

  take() {
    const shapes = [];
    const batches = [];
    const rows = this.records.length;
    if (!this.told && (rows > 0 || this.recognised)) {
      shapes.push({ kind: 0, fields: this.present, added: [], offsetTimes: [] });
      this.shapes += 1;
      this.told = true;
    }
    if (rows > 0) {
      const columns = this.present.map((index) => columnOf(this.fields[index], this.records));
      batches.push({ shape: this.shapes - 1, rows, columns });
    }
    const answer = { shapes, batches, problems: this.problems };
    this.clear();
    return answer;
  }
}

/** The layout of Apache Arrow. */
const columnOf = ({ name, type }, records) => {
  let validity = null;
  if (records.some((record) => record[name] === undefined)) {
    // One bit per value, least significant bit first.
    validity = new Uint8Array(Math.ceil(records.length / 8));
    records.forEach((record, index) => {
      if (record[name] !== undefined) validity[index >> 3] |= 1 << (index & 7);
    });
  }
  if (type.tag !== "text") {
    return { validity, values: { tag: `${type.tag}s`, val: records.map((record) => record[name] ?? 0) } };
  }
  const offsets = [0];
  for (const record of records) offsets.push(offsets[offsets.length - 1] + (record[name]?.length ?? 0));
  const bytes = new Uint8Array(offsets[offsets.length - 1]);
  records.forEach((record, index) => {
    if (record[name] !== undefined) bytes.set(record[name], offsets[index]);
  });
  return { validity, values: { tag: "texts", val: { offsets, bytes } } };
};

/** Where a capture comes from: `command` and `arguments`, or the `path` of a file. Whatever is not known is undefined. */
const sourceOf = ({ input, platform, locale, captured }) => {
  const { command = "", arguments: words } = input.tag === "command" ? input.val : {};
  return { command, arguments: words, path: input.tag === "file" ? input.val : undefined, platform, locale, captured };
};

/**
 * What the interface wants, made of a class with `line` and perhaps `finish`, and a static `exact`. With `firstLineDecides`, a first line
 * that fails is not ours.
 */
export const plugin = (about, Parser, { firstLineDecides = false } = {}) => {
  const { name, version, summary, schema, dialect, commands = [], files = [], platforms = [] } = about;
  const parser = { name, summary, commands, valueOptions: [], files, dialect, platforms, platformBound: false, verbatim: false };
  class Session {
    constructor(index, source) {
      this.parser = new Parser(sourceOf(source));
      this.rows = new Rows(schema);
      this.ended = undefined;
    }

    feed(lines, firstLine) {
      if (this.ended) throw this.ended;
      let number = firstLine;
      for (let start = 0; start < lines.length; number++) {
        const newline = lines.indexOf(0x0a, start);
        const next = newline < 0 ? lines.length : newline + 1;
        let end = newline < 0 ? next : newline;
        if (newline > start && lines[end - 1] === 0x0d) end -= 1;
        const line = new Line(lines.subarray(start, end), number);
        const failure = this.attempt(number, () => this.parser.line(line, this.rows));
        if (failure && this.rows.records.length === 0) throw failure;
        if (failure) {
          // The records before it are handed over first.
          this.ended = failure;
          break;
        }
        start = next;
      }
      return this.rows.take();
    }

    finish() {
      if (this.ended) throw this.ended;
      const failure = this.parser.finish && this.attempt(0, () => this.parser.finish(this.rows));
      if (failure) throw failure;
      return this.rows.take();
    }

    /** A line that fails costs that line. Returns why the session ends, if it does. */
    attempt(number, work) {
      try {
        work();
        return undefined;
      } catch (failed) {
        if (!(failed instanceof Failed)) {
          // If it were not caught, it would be a trap, and nobody would learn what it was.
          const where = /[\w.]+\.js:\d+/.exec(failed?.stack ?? "")?.[0] ?? "the parser";
          return { tag: "malformed", val: problem("error", number, 0, `a mistake in ${where}: ${failed}`) };
        }
        const why = problem("error", number, failed.column, failed.message);
        const undecided = firstLineDecides && !this.rows.recognised;
        const unrecognised = failed instanceof Unrecognised;
        if (failed instanceof Malformed || (unrecognised && this.rows.made > 0)) return { tag: "malformed", val: why };
        if (unrecognised || undecided) return { tag: "unrecognised", val: why };
        this.rows.problems.push(why);
        return undefined;
      }
    }
  }
  return {
    about: () => ({ name, version, summary, catalogue: undefined, parsers: [parser] }),
    schemaOf: () => ({ fields: schema, kinds: [], open: false }),
    exact: (index, words) => Parser.exact?.(words),
    Session,
  };
};
