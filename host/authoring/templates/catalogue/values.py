"""Makes records of values whose names and types only the data decides: what a parser made elsewhere answers with.

Dictionaries become records, or maps where their keys differ from one to the next; what has no one type becomes JSON. Records
with the same keys share a shape, so that a key which one of them lacks is not written there.

Nothing here is about one command. `wit/parser.wit` says what the host expects; this file is yours to change.
"""

import builtins
import contextlib
import gc
import importlib
import json
import os
import random
import sys
from dataclasses import dataclass, field
from itertools import accumulate, chain, groupby
from math import isfinite
from typing import Any, Callable, Iterable, Optional

from componentize_py_types import Err
from wit_world.exports import parser as wit

# A component has no files once it is made: what Python loads only when it is first needed is loaded now.
for late in ("_strptime", "calendar", "decimal", "locale", "stringprep", "tempfile", "unicodedata", "encodings.ascii", "encodings.idna", "encodings.latin_1", "encodings.utf_16", "encodings.utf_8_sig"):
    importlib.import_module(late)

# What the host takes: fields of a shape, shapes, fields of all of them, bytes of a name, and levels of nesting.
MOST_FIELDS = 9_000
MOST_SHAPES = 9_000
MOST_SHAPE_FIELDS = 90_000
LONGEST_NAME = 200
DEEPEST = 12


class Malformed(Exception):
    """The capture is this parser's, and broken beyond this line. Line 0 means none in particular."""

    def __init__(self, message: str, line: int = 0):
        super().__init__(message)
        self.message = message
        self.line = line


class Unrecognised(Malformed):
    """The capture is not this parser's: the next one is asked."""


@dataclass
class Kind:
    """What values have in common. `keys` are a record's, in order; `inner` has what is in a record, a list or a map."""

    name: str
    keys: tuple = ()
    inner: list = field(default_factory=list)


NOTHING = Kind("nothing")
JSON = Kind("json")
INTEGER = Kind("integer")
FLOAT = Kind("float")
PLAIN = {bool: Kind("boolean"), str: Kind("text"), bytes: Kind("text"), int: INTEGER, float: FLOAT}


def is_name(name: Any) -> bool:
    """Whether a key can be the name of a field."""
    return isinstance(name, str) and name != "" and name.isprintable() and len(encoded(name)) <= LONGEST_NAME


def kind_of(values: Iterable, depth: int = 1) -> Kind:
    """The kind that all of these values are."""
    values = [value for value in values if value is not None]
    types = set(map(type, values))
    if not types:
        return NOTHING
    one = types.pop()
    if types or depth > DEEPEST:
        return JSON
    if one is int:
        return INTEGER if -(1 << 63) <= min(values) and max(values) < 1 << 63 else JSON
    if one is float:
        return FLOAT if all(map(isfinite, values)) else JSON
    if one in (list, tuple):
        return Kind("list", (), [kind_of(chain.from_iterable(values), depth + 1)])
    if not issubclass(one, dict):
        return PLAIN.get(one, JSON)
    names = set(map(tuple, values))
    if () in names or not all(map(is_name, chain.from_iterable(names))):
        return JSON
    if len(names) == 1:
        inner = zip(*(value.values() for value in values))
        return Kind("record", names.pop(), [kind_of(column, depth + 1) for column in inner])
    value = kind_of(chain.from_iterable(value.values() for value in values), depth + 1)
    return JSON if value is JSON else Kind("map", (), [value])


def both(one: Kind, other: Kind) -> Kind:
    """The kind that two are."""
    if one is other or other.name == "nothing":
        return one
    if one.name == "nothing":
        return other
    if one.name == other.name and one.name not in ("record", "map", "list"):
        return one
    if one.name == other.name == "list":
        return Kind("list", (), [both(one.inner[0], other.inner[0])])
    if one.name == other.name == "record" and one.keys == other.keys:
        return Kind("record", one.keys, [both(*pair) for pair in zip(one.inner, other.inner)])
    if {one.name, other.name} <= {"record", "map"}:
        value = NOTHING
        for inner in one.inner + other.inner:
            value = both(value, inner)
        return JSON if value is JSON else Kind("map", (), [value])
    return JSON


def size(kind: Kind) -> int:
    """The fields that it takes."""
    return 1 + sum(map(size, kind.inner))


def encoded(text: Any) -> bytes:
    """Text as the command printed it: bytes that are not UTF-8 came in as lone surrogates, and go out as they were."""
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def as_json(value: Any) -> bytes:
    """A value whose type differs."""
    return json.dumps(plainly(value), ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "replace")


def plainly(value: Any) -> Any:
    """The same in what JSON has: it knows no number that is none."""
    if isinstance(value, dict):
        return {str(key): plainly(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plainly(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value


def bits(values: Iterable) -> bytes:
    """One bit a value, least significant bit first."""
    digits = "".join("1" if value else "0" for value in values)
    return int(digits[::-1] or "0", 2).to_bytes((len(digits) + 7) // 8, "little")


def texts(values: list) -> wit.Texts:
    parts = [encoded(value) for value in values]
    return wit.Texts([0, *accumulate(map(len, parts))], b"".join(parts))


class Columns:
    """The fields of one shape, and the columns of batches that have it."""

    def __init__(self, doc: str):
        self.doc = doc
        self.fields: list[wit.Field] = []
        self.columns: list[wit.Column] = []

    def declare(self, name: str, kind: Kind) -> int:
        """Adds a field and what is in it. Returns its index."""
        index = len(self.fields)
        self.fields.append(wit.Field(name, wit.FieldType_Text(), True, None, False, self.doc, None, None))
        if kind.name == "list":
            made = wit.FieldType_List(self.declare("item", kind.inner[0]))
        elif kind.name == "map":
            made = wit.FieldType_Map(self.declare("value", kind.inner[0]))
        elif kind.name == "record":
            made = wit.FieldType_Record([self.declare(*pair) for pair in zip(kind.keys, kind.inner)])
        else:
            made = SIMPLE[kind.name]()
        self.fields[index].type = made
        return index

    def fill(self, kind: Kind, values: list) -> None:
        """Adds the column of a field, and those of what is in it, in the order in which they were declared."""
        validity = bits(value is not None for value in values) if None in values else None
        place = len(self.columns)
        self.columns.append(None)
        inner: list[tuple[Kind, list]] = []
        if kind.name == "list":
            offsets, items = [0], []
            for value in values:
                items.extend(value or ())
                offsets.append(len(items))
            made, inner = wit.Values_Lists(offsets), [(kind.inner[0], items)]
        elif kind.name == "map":
            offsets, keys, items = [0], [], []
            for value in values:
                keys.extend(value or ())
                items.extend((value or {}).values())
                offsets.append(len(keys))
            made, inner = wit.Values_Maps(wit.Maps(offsets, texts(keys))), [(kind.inner[0], items)]
        elif kind.name == "record":
            made = wit.Values_Records()
            inner = [(one, [value and value.get(key) for value in values]) for key, one in zip(kind.keys, kind.inner)]
        elif kind.name == "boolean":
            made = wit.Values_Booleans(bits(values))
        elif kind.name == "integer":
            made = wit.Values_Integers([value or 0 for value in values] if validity else list(values))
        elif kind.name == "float":
            made = wit.Values_Floats([value or 0.0 for value in values] if validity else list(values))
        elif kind.name == "json":
            made = wit.Values_Texts(texts([b"" if value is None else as_json(value) for value in values]))
        else:
            made = wit.Values_Texts(texts(["" if value is None else value for value in values]))
        self.columns[place] = wit.Column(validity, made)
        for one, of in inner:
            self.fill(one, of)


SIMPLE: dict[str, Callable] = {
    "nothing": wit.FieldType_Text,
    "boolean": wit.FieldType_Boolean,
    "integer": wit.FieldType_Integer,
    "float": wit.FieldType_Float,
    "text": wit.FieldType_Text,
    "json": wit.FieldType_Json,
}


def answer(records: list, doc: str, problems: Optional[list[wit.Problem]] = None) -> wit.Answer:
    """All records of a capture at once. What is no dictionary becomes a record with the one field `value`."""
    named = {keys: all(map(is_name, keys)) for keys in {tuple(record) for record in records if isinstance(record, dict)}}
    records = [record if isinstance(record, dict) and named[tuple(record)] and record else {"value": record} for record in records]
    kinds: dict[str, Kind] = {}
    # Records that differ too much are not taken apart.
    if len(named) > MOST_SHAPES or sum(map(len, named)) > MOST_SHAPE_FIELDS:
        records = [{"value": record} for record in records]
        kinds["value"] = JSON
    groups = [(keys, list(group)) for keys, group in groupby(records, tuple)]
    columns = [list(zip(*(record.values() for record in group))) for _, group in groups]
    for (keys, _), found in zip(groups, columns):
        for key, values in zip(keys, found):
            kinds[key] = both(kinds.get(key, NOTHING), kind_of(values))
    # If records have too many different fields, the largest of them become JSON: the host has a limit.
    while sum(map(size, kinds.values())) > MOST_FIELDS and any(kind.inner for kind in kinds.values()):
        largest = max(kinds, key=lambda key: size(kinds[key]))
        kinds[largest] = JSON
    shapes: dict[tuple, int] = {}
    made: list[wit.Shape] = []
    batches: list[wit.Batch] = []
    for (keys, group), found in zip(groups, columns):
        shape = Columns(doc)
        if keys not in shapes:
            for key in keys:
                shape.declare(key, kinds[key])
            shapes[keys] = len(made)
            made.append(wit.Shape(0, list(range(len(shape.fields))), shape.fields, []))
        for key, values in zip(keys, found):
            shape.fill(kinds[key], values)
        batches.append(wit.Batch(shapes[keys], len(group), shape.columns))
    return wit.Answer(made, batches, problems or [])


@dataclass
class Capture:
    """What was captured: all of it, and where it comes from. None is not known."""

    data: bytes
    command: Optional[str]
    arguments: Optional[list[str]]
    path: Optional[str]
    platform: Optional[str]

    def text(self) -> str:
        """As text. Bytes that are not UTF-8 become lone surrogates, and what is printed of them is as it was."""
        return self.data.decode("utf-8", "surrogateescape")

    def line_of(self, line: str) -> int:
        """The number of the one line that reads so; 0 where none or several do."""
        places = [number for number, one in enumerate(self.text().splitlines(), 1) if line.strip() and one.strip() == line.strip()]
        return places[0] if len(places) == 1 else 0


def where(mistake: BaseException, capture: Capture) -> tuple[str, int]:
    """The place in the code that raised, and the line of the capture that it had before it, as far as that shows."""
    place, line = "", 0
    trace = mistake.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rsplit('/')[-1]}:{trace.tb_lineno}"
        found = trace.tb_frame.f_locals.get("line")
        if isinstance(found, str):
            line = capture.line_of(found) or line
        trace = trace.tb_next
    return place, line


@dataclass
class Result:
    """What came of a capture: records, and what to tell the user beside them."""

    records: list
    warnings: list[str] = field(default_factory=list)


def parser(
    name: str,
    summary: str,
    dialect: str,
    commands: Iterable[str] = (),
    files: Iterable[str] = (),
    platforms: Iterable[str] = (),
    bound: bool = False,
    verbatim: bool = False,
) -> wit.DescriptionOfParser:
    """What one parser reads."""
    return wit.DescriptionOfParser(
        name, summary, list(commands), [], list(files), dialect, list(platforms), bound, verbatim
    )


def export(
    parse: Callable[[int, Capture], Result],
    refuse: Callable[[int, Capture], Optional[str]],
    *,
    name: str,
    version: str,
    summary: str,
    catalogue: Optional[str],
    doc: str,
    parsers: list[wit.DescriptionOfParser],
) -> tuple[type, type]:
    """The two classes that the interface wants. `parse` reads a whole capture; `refuse` says why one is not what a parser reads, before any of it is there."""
    description = wit.Description(name, version, summary, catalogue, parsers)
    # From here on, asking for a file or a module fails with an error: otherwise it would end the session without a word. Random
    # numbers are the same each time.
    builtins.open = no_file
    os.urandom = random.Random(0).randbytes
    sys.path.clear()
    for module in list(sys.modules.values()):
        if hasattr(module, "__path__"):
            module.__path__ = []

    class Parser:
        def about(self) -> wit.Description:
            return description

        def schema_of(self, index: int) -> wit.Schema:
            return wit.Schema([], [], True)

        def exact(self, index: int, words: list[str]) -> Optional[list[str]]:
            return None

    class Session:
        read = staticmethod(parse)

        def __init__(self, index: int, source: wit.Source):
            command = source.input.value if isinstance(source.input, wit.Input_Command) else None
            self.index = index
            self.parts: list[bytes] = []
            self.source = Capture(
                b"",
                command.command if command else None,
                command.arguments if command else None,
                None if command else source.input.value,
                source.platform,
            )
            self.refusal = refuse(index, self.source)

        def feed(self, lines: bytes, first_line: int) -> wit.Answer:
            if self.refusal:
                raise failed(wit.Failure_Unrecognised, self.refusal)
            self.parts.append(lines)
            return wit.Answer([], [], [])

        def finish(self, ending: wit.Ending) -> wit.Answer:
            if self.refusal:
                raise failed(wit.Failure_Unrecognised, self.refusal)
            capture = self.source
            capture.data = b"".join(self.parts)
            self.parts = []
            try:
                result = self.read(self.index, capture)
            except Unrecognised as refused:
                raise failed(wit.Failure_Unrecognised, refused.message, refused.line) from None
            except Malformed as broken:
                raise failed(wit.Failure_Malformed, broken.message, broken.line) from None
            except Exception as mistake:
                # If it were not caught, it would be a trap, and nobody would learn what it was.
                place, line = where(mistake, capture)
                told = " ".join(str(mistake).split())
                raise failed(wit.Failure_Malformed, f"`{place}` raised {type(mistake).__name__}: {told[:500]}", line) from None
            problems = [wit.Problem(wit.Severity.WARNING, 0, 0, " ".join(told.split())[:500]) for told in result.warnings]
            if not result.records and capture.data.strip():
                lines = len(capture.data.splitlines())
                told = f"no records came of {lines} line{'s' if lines > 1 else ''}: there are none in it, or it is not what this parser reads"
                problems.append(wit.Problem(wit.Severity.WARNING, 0, 0, told))
            return answer(result.records, doc, problems)

    rehearse(Session)
    return Parser, Session


def rehearse(session: type) -> None:
    """Runs a session before the component is made, but for the parser, which may remember what it has read. What Python gets ready only when
    code first runs is then there for all sessions, and collecting garbage leaves alone what they have in common: each page that one
    writes to has to be copied for it."""
    rehearsed = session(0, wit.Source(wit.Input_Command(wit.Invocation("", None)), None, None, None))
    rehearsed.read = lambda index, capture: Result(
        [{"text": "a", "number": 1, "part": 0.5, "is": True, "list": ["a"], "map": {"a": 1}, "none": None}] * 2
    )
    with contextlib.suppress(Err):
        rehearsed.feed(b"a line\n", 1)
        rehearsed.finish(wit.Ending(True, None))
    gc.collect()
    HELD.extend(gaps())
    gc.freeze()


HELD: list[bytes] = []


def gaps() -> Iterable[bytes]:
    """What fills each gap in the heap, as long as it is held. What a session makes then lies together, behind all else."""
    end = id(bytes(1 << 20))
    for size in chain(range(1 << 16, 1 << 9, -1 << 9), range(1 << 9, 0, -8)):
        while id(block := bytes(size)) < end:
            yield block


def no_file(path: Any, *_: Any, **__: Any):
    """In the place of `open`."""
    raise PermissionError(f"a parser has no files, and `{path}` was asked for")


def failed(how: type, message: str, line: int = 0) -> Err:
    """The error that ends a session: to be raised."""
    return Err(how(wit.Problem(wit.Severity.ERROR, line, 0, message)))
