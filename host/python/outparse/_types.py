"""What is told beside records."""

from __future__ import annotations

from typing import NamedTuple


class Plugin(NamedTuple):
    """The parser that read a capture."""

    name: str
    version: str
    dialect: str
    #: Whose parser it is, when its plugin carries a collection made elsewhere.
    catalogue: str | None


class Problem(NamedTuple):
    """One place in a capture that could not be understood."""

    #: ``error`` (a line gave no record, or a value became None) or ``warning`` (a value was guessed).
    severity: str
    #: Line of the capture, from 1, where one is meant.
    line: int | None
    #: Byte in that line, from 1, where one is meant.
    column: int | None
    message: str


class Field(NamedTuple):
    """One field of records."""

    name: str
    #: ``boolean``, ``integer``, ``float``, ``text``, ``time``, ``json``, ``list``, ``map``, ``record``.
    type: str
    #: What a number counts: ``bytes``, ``seconds``, ``percent``, …
    unit: str | None
    nullable: bool
    #: Whether the command may have rounded the values.
    approximate: bool
    #: ``key``, ``counter`` or ``gauge``, where it does more than describe.
    role: str | None
    doc: str
    #: Of a list or a map the value, of a record the fields.
    fields: list[Field]
