"""Makes columns from rows: all that stands between a parser of lines and the interface in `wit/`.

Nothing here is about one command. `wit/parser.wit` says what the host expects; this file is yours to change.
"""

import re
from dataclasses import dataclass
from typing import Optional

from componentize_py_types import Err
from wit_world.exports import parser as wit

BLANKS = b" \t"


class Failed(Exception):
    """This line, or with another class the whole capture, cannot be understood. Column 0 means the whole line."""

    def __init__(self, message: str, column: int = 0):
        super().__init__(message)
        self.message = message
        self.column = column


class Unrecognised(Failed):
    """The capture is not this parser's: the next one is asked."""


class Malformed(Failed):
    """The capture is this parser's, and broken beyond repair."""


def quoted(words: bytes) -> str:
    """Words of the capture for a message."""
    text = words.decode(errors="replace")
    return f"`{text}`" if len(text) <= 40 else f"`{text[:40]}…`"


@dataclass
class Word:
    """A part of a line, which knows where it stands: column 1 is the line's first byte."""

    bytes: bytes
    column: int

    def text(self) -> bytes:
        """As it is: names need not be UTF-8."""
        return self.bytes

    def integer(self) -> int:
        """A whole number of 64 bits."""
        digits = self.bytes[1:] if self.bytes[:1] in (b"-", b"+") else self.bytes
        number = int(self.bytes) if digits.isdigit() and len(digits) < 20 else 1 << 63
        if not -(1 << 63) <= number < 1 << 63:
            raise self.expected("a whole number")
        return number

    def float(self) -> float:
        """A number, perhaps with a fraction."""
        try:
            if any(byte not in b"+-.0123456789eE" for byte in self.bytes):
                raise ValueError
            return float(self.bytes)
        except ValueError:
            raise self.expected("a number") from None

    def known(self) -> "Optional[Word]":
        """None when the command printed `-` or nothing."""
        return None if self.bytes in (b"", b"-") else self

    def expected(self, what: str) -> Failed:
        """That something else was expected here: to be raised."""
        return Failed(f"expected {what}, found {quoted(self.bytes)}", self.column)


@dataclass
class Line:
    """A line without its end, and its number in the capture."""

    bytes: bytes
    number: int

    def is_blank(self) -> bool:
        return not self.bytes.strip(BLANKS)

    def words(self) -> list[Word]:
        """What stands between blanks."""
        return [Word(word[0], word.start() + 1) for word in re.finditer(rb"[^ \t]+", self.bytes)]

    def words_and_rest(self, count: int) -> list[Word]:
        """The first words, and as the last one all that follows them but blanks at the end; it may be empty."""
        found = self.words()
        if len(found) < count - 1:
            raise Failed(f"expected {count} fields, found {len(found)}")
        if len(found) < count:
            return found + [Word(b"", len(self.bytes) + 1)]
        rest = found[count - 1].column
        return found[: count - 1] + [Word(self.bytes[rest - 1 :].rstrip(BLANKS), rest)]

    def split(self, separator: bytes, count: int) -> list[Word]:
        """What stands between separators, which must be so many words."""
        found, column = [], 1
        for part in self.bytes.split(separator):
            found.append(Word(part, column))
            column += len(part) + len(separator)
        if len(found) != count:
            raise Failed(f"expected {count} fields, found {len(found)}")
        return found

    def expect(self, titles: list[str]) -> None:
        """Raises when the line does not have the words of these titles."""
        if [word.bytes for word in self.words()] != " ".join(titles).encode().split():
            raise Unrecognised(f"expected the titles `{' '.join(titles)}`, found {quoted(self.bytes)}")


class Header:
    """Where the titles of a table stand."""

    def __init__(self, line: Line, titles: list[str]):
        line.expect(titles)
        words = iter(line.words())
        self.places = []
        for title in titles:
            # A title may have several words.
            own = [next(words) for _ in title.split()]
            self.places.append((own[0].column - 1, own[-1].column - 1 + len(own[-1].bytes)))

    def cells(self, line: Line) -> list[Optional[Word]]:
        """For each title the words that stand under it, or nearer to it than to any other. None where there are none."""
        cells: list[Optional[Word]] = [None] * len(self.places)
        for word in line.words():
            start, end = word.column - 1, word.column - 1 + len(word.bytes)
            distances = [max(0, title[0] - end + 1, start + 1 - title[1]) for title in self.places]
            nearest = distances.index(min(distances))
            first = cells[nearest].column if cells[nearest] else word.column
            cells[nearest] = Word(line.bytes[first - 1 : end], first)
        return cells


def text_field(name: str, doc: str, nullable: bool = False) -> wit.Field:
    """A field of text. Every field is documented: users see it in `outparse schema`."""
    return wit.Field(name, wit.FieldType_Text(), nullable, None, False, doc, None, None)


def integer_field(
    name: str,
    doc: str,
    nullable: bool = False,
    unit: Optional[str] = None,
    approximate: bool = False,
    role: Optional[wit.Role] = None,
) -> wit.Field:
    """A field of whole numbers. `unit` says what they count: `bytes`, `percent`, `seconds`; `role`, what the field is for."""
    return wit.Field(name, wit.FieldType_Integer(), nullable, unit, approximate, doc, role, None)


def float_field(
    name: str,
    doc: str,
    nullable: bool = False,
    unit: Optional[str] = None,
    approximate: bool = False,
    role: Optional[wit.Role] = None,
) -> wit.Field:
    """A field of numbers with a fraction."""
    return wit.Field(name, wit.FieldType_Float(), nullable, unit, approximate, doc, role, None)


class Rows:
    """The records and problems since the last call."""

    def __init__(self, fields: list[wit.Field]):
        self.fields = fields
        self.made = 0
        self.recognised = False
        self.present = list(range(len(fields)))
        self.told = False
        self.shapes = 0
        self.clear()

    def shape(self, names: list[str]) -> None:
        """Says which fields this capture has: only those are written. Without it, all are. To be said before the first record."""
        self.present = [index for index, field in enumerate(self.fields) if field.name in names]
        self.told = False

    def clear(self) -> None:
        self.columns = [[] for _ in self.fields]
        self.problems: list[wit.Problem] = []

    def push(self, record: dict) -> None:
        """Adds a record: a value for each field by its name. A nullable one may be None or left out."""
        values = [record.get(field.name) for field in self.fields]
        for field, value in zip(self.fields, values):
            if value is None and not field.nullable:
                raise Failed(f"the field `{field.name}` has no value")
        for column, value in zip(self.columns, values):
            column.append(value)
        self.made += 1
        self.recognised = True

    def warn(self, line: Line, message: str, column: int = 0) -> None:
        """The record is there, but a value in it was guessed."""
        self.problems.append(wit.Problem(wit.Severity.WARNING, line.number, column, message))

    def take(self) -> wit.Answer:
        rows = len(self.columns[0])
        shapes, batches = [], []
        if not self.told and (rows or self.recognised):
            shapes.append(wit.Shape(0, self.present, [], []))
            self.shapes += 1
            self.told = True
        if rows:
            columns = [column_of(self.fields[index], self.columns[index]) for index in self.present]
            batches.append(wit.Batch(self.shapes - 1, rows, columns))
        answer = wit.Answer(shapes, batches, self.problems)
        self.clear()
        return answer


def bits(values: list[bool]) -> bytes:
    """One bit a value, least significant bit first."""
    packed = bytearray((len(values) + 7) // 8)
    for index, value in enumerate(values):
        if value:
            packed[index // 8] |= 1 << index % 8
    return bytes(packed)


def column_of(field: wit.Field, values: list) -> wit.Column:
    """The layout of Apache Arrow."""
    there = [value is not None for value in values]
    validity = None if all(there) else bits(there)
    if isinstance(field.type, wit.FieldType_Integer):
        return wit.Column(validity, wit.Values_Integers([value or 0 for value in values]))
    if isinstance(field.type, wit.FieldType_Float):
        return wit.Column(validity, wit.Values_Floats([value or 0.0 for value in values]))
    offsets = [0]
    for value in values:
        offsets.append(offsets[-1] + len(value or b""))
    return wit.Column(validity, wit.Values_Texts(wit.Texts(offsets, b"".join(value or b"" for value in values))))


class Source:
    """Where a capture comes from: `command` and `arguments`, or `path` of a file; None is not known."""

    def __init__(self, source: wit.Source):
        command = source.input.value if isinstance(source.input, wit.Input_Command) else None
        self.command: str = command.command if command else ""
        self.arguments: Optional[list[str]] = command.arguments if command else None
        self.path: Optional[str] = None if command else source.input.value
        self.platform: Optional[str] = source.platform
        self.locale: Optional[str] = source.locale
        # When it was taken, in `seconds` since 1970, and the `offset` there: there is no other clock.
        self.captured: Optional[wit.Moment] = source.captured


def export(
    parser: type,
    *,
    name: str,
    version: str,
    summary: str,
    schema: list[wit.Field],
    commands: list[str] = [],
    files: list[str] = [],
    dialect: str,
    platforms: list[str] = [],
    first_line_decides: bool = False,
) -> tuple[type, type]:
    """The two classes that the interface wants, made of a class with `line` and perhaps `finish` and `exact`."""
    only = wit.DescriptionOfParser(name, summary, commands, [], files, dialect, platforms, False, False)
    description = wit.Description(name, version, summary, None, [only])

    class Parser:
        def about(self) -> wit.Description:
            return description

        def schema_of(self, index: int) -> wit.Schema:
            return wit.Schema(schema, [], False)

        def exact(self, index: int, words: list[str]) -> Optional[list[str]]:
            return parser.exact(words) if hasattr(parser, "exact") else None

    class Session:
        def __init__(self, index: int, source: wit.Source):
            self.parser = parser(Source(source))
            self.rows = Rows(schema)
            self.ended: Optional[Exception] = None

        def feed(self, lines: bytes, first_line: int) -> wit.Answer:
            if self.ended:
                raise self.ended
            ends = lines.split(b"\n")
            if ends[-1] == b"":
                ends.pop()
            for number, line in enumerate(ends, first_line):
                failure = self.attempt(number, lambda: self.parser.line(Line(line.removesuffix(b"\r"), number), self.rows))
                if failure and len(self.rows.columns[0]) == 0:
                    raise failure
                if failure:
                    # The records before it are handed over first.
                    self.ended = failure
                    break
            return self.rows.take()

        def finish(self, ending: wit.Ending) -> wit.Answer:
            if self.ended:
                raise self.ended
            failure = self.attempt(0, lambda: self.parser.finish(self.rows)) if hasattr(self.parser, "finish") else None
            if failure:
                raise failure
            return self.rows.take()

        def attempt(self, number: int, work) -> Optional[Err]:
            """A line that fails costs that line. Returns why the session ends, if it does."""
            try:
                work()
            except Failed as failed:
                problem = wit.Problem(wit.Severity.ERROR, number, failed.column, failed.message)
                undecided = first_line_decides and not self.rows.recognised
                if isinstance(failed, Malformed) or isinstance(failed, Unrecognised) and self.rows.made:
                    return Err(wit.Failure_Malformed(problem))
                if isinstance(failed, Unrecognised) or undecided:
                    return Err(wit.Failure_Unrecognised(problem))
                self.rows.problems.append(problem)
            except Exception as mistake:
                # If it were not caught, it would be a trap, and nobody would learn what it was.
                place = mistake.__traceback__
                while place and place.tb_next:
                    place = place.tb_next
                where = f"{place.tb_frame.f_code.co_filename.rsplit('/')[-1]}:{place.tb_lineno}" if place else "parser"
                message = f"a mistake in {where}: {type(mistake).__name__}: {mistake}"
                return Err(wit.Failure_Malformed(wit.Problem(wit.Severity.ERROR, number, 0, message)))
            return None

    return Parser, Session
