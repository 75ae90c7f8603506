"""Typed records of what commands print, parsed in a WebAssembly sandbox.

>>> import outparse
>>> capture = b"Filesystem 1K-blocks Used Available Use% Mounted on\\n/dev/sda1 100 60 40 60% /\\n"
>>> records = outparse.parse("df", capture)
>>> records[0]["used"], records[0]["mounted_on"]
(61440, '/')

Records are like a list of dictionaries, and any data frame reads them without a copy, by the Arrow C stream:
``polars.DataFrame(records)``, ``pyarrow.table(records)``, ``duckdb.sql("from records")``.

Parsers are those of the program, and what it was told with ``outparse plugin add`` and in its configuration holds here too.
"""

from __future__ import annotations

import os

from . import _native
from ._native import Failures, Records, Scan, Stream, __version__
from .errors import (
    CommandNotExecutableError,
    CommandNotFoundError,
    MalformedError,
    NoParserError,
    OutparseError,
    PluginError,
    UnrecognisedError,
    UsageError,
)

# What only checkers of types read would take most of the time of an import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from typing_extensions import Buffer

    from ._types import Field, Plugin, Problem
else:

    def __getattr__(name):
        if name in ("Field", "Plugin", "Problem"):
            from . import _types

            return getattr(_types, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

__all__ = [
    "CommandNotExecutableError",
    "CommandNotFoundError",
    "Failures",
    "Field",
    "MalformedError",
    "NoParserError",
    "OutparseError",
    "Plugin",
    "PluginError",
    "Problem",
    "Records",
    "Scan",
    "Stream",
    "UnrecognisedError",
    "UsageError",
    "__version__",
    "parse",
    "run",
    "scan",
    "sos",
    "stream",
]


def run(
    command: Sequence[str | os.PathLike[str]],
    *,
    plugin: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    exact: bool = False,
) -> Records:
    """Runs a command to its end and gives its records. No shell is involved; it reads nothing, and speaks the C locale.

    That the command failed is no exception: see ``Records.status``. What it says on standard error goes where this process's goes.

    >>> outparse.run(["env", "-i", "A=1", "env"])[0]
    {'name': 'A', 'value': '1'}

    ``plugin`` names the parser: a dialect, a plugin, or the path of a component. ``timeout`` is in seconds: a command that takes
    longer is ended, and a ``TimeoutError`` is raised. ``exact`` runs it with arguments that lose nothing, where its parser knows some:
    ``df -h`` becomes ``df -B1``.
    """
    return _native.run(_words(command), _path(plugin), timeout, exact)


def stream(
    command: Sequence[str | os.PathLike[str]], *, plugin: str | os.PathLike[str] | None = None, exact: bool = False
) -> Stream:
    """Runs a command and gives its records while it runs: lists of rows, as they come. Closed before its end, it ends the command.

    >>> with outparse.stream(["ls", "-l", "/"]) as batches:
    ...     rows = sum(len(batch) for batch in batches)
    >>> rows > 5
    True
    """
    return _native.stream(_words(command), _path(plugin), exact)


def parse(
    command: str | Sequence[str],
    data: str | Buffer,
    *,
    arguments: Sequence[str] | None = None,
    platform: str | None = None,
    plugin: str | os.PathLike[str] | None = None,
    captured_at: datetime | None = None,
) -> Records:
    """Parses what a command printed elsewhere or before; or what a file holds, named by its path: ``parse("/etc/passwd", data)``.

    ``command`` is its name, of one word or several (``"git log"``); ``arguments`` are those that it was run with, where they are
    known: they settle units that look the same. ``platform`` is where the capture is from (``"macos"``), this one unless it is
    said. ``captured_at`` settles times that were printed in part.

    >>> outparse.parse("df", "garbage")
    Traceback (most recent call last):
        ...
    outparse.errors.UnrecognisedError: this is not the output of `df` that any parser knows
    """
    named, given = _command(command, arguments)
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else bytes(data)
    return _native.parse(named, raw, given, platform, _path(plugin), _moment(captured_at))


def scan(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str] | tuple[str, bytes]],
    command: str | Sequence[str],
    *,
    arguments: Sequence[str] | None = None,
    platform: str | None = None,
    plugin: str | os.PathLike[str] | None = None,
    captured_at: datetime | None = None,
    members: str | Sequence[str] | None = None,
    threads: int | None = None,
) -> Scan:
    """One table of many captures of one command, parsed on all cores in flat memory.

    ``paths`` are files, folders, and patterns (``"captures/**/*.txt"``); any of them may be compressed (gzip, xz, zstd) or an
    archive (tar, zip), of which ``members`` chooses. A pair of a name and bytes, ``("web1", data)``, is a capture that is at hand.
    ``command`` is what the captures are of: a command and its arguments
    (``["df", "-k"]``), or the path of a file (``"/etc/passwd"``).

    Each row begins with its ``capture``: path, member, command, arguments, host, time. A capture that fails is a row in
    ``Scan.problems``, and never an exception in the midst. The table is read once: by a data frame, or row by row.
    """
    named, given = _command(command, arguments)
    inputs, more = _inputs(paths)
    return _native.scan(
        inputs, more, named, given, platform, _path(plugin), _moment(captured_at), _patterns(members), threads
    )


def sos(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    tables: Sequence[str],
    *,
    platform: str | None = None,
    threads: int | None = None,
) -> dict[str, Scan]:
    """A table of each of these commands (``["df", "ps auxwww", "rpm -qa"]``), out of bundles that ``sos report`` has made.

    Nothing is unpacked. Which file is the output of which command, with which arguments, on which machine and when, each bundle's
    manifest says: it is in the rows' ``capture``. The bundles are read once, by whoever reads a table first; what comes for the
    others waits for them, beyond some megabytes in temporary files (below ``TMPDIR``).
    """
    names = list(dict.fromkeys(tables))
    scans = _native.sos(_paths(paths), [name.split() for name in names], platform, threads)
    return dict(zip(names, scans))


def _command(command: str | Sequence[str], arguments: Sequence[str] | None) -> tuple[list[str], list[str] | None]:
    """The words that name what captures are of, and its arguments, where they are known."""
    named = command.split() if isinstance(command, str) else [str(word) for word in command]
    return named, None if arguments is None else [str(word) for word in arguments]


def _patterns(members: str | Sequence[str] | None) -> list[str]:
    return [members] if isinstance(members, str) else list(members or [])


def _paths(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    return [os.fspath(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]


def _inputs(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str] | tuple[str, bytes]],
) -> tuple[list[str], list[tuple[str, bytes | None]]]:
    """Paths, and captures that are at hand."""
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)], []
    inputs: list[str] = []
    more: list[tuple[str, bytes | None]] = []
    for one in paths:
        if isinstance(one, tuple):
            more.append((str(one[0]), bytes(one[1])))
        else:
            inputs.append(os.fspath(one))
    return inputs, more


def _words(command: Sequence[str | os.PathLike[str]]) -> list[str]:
    if isinstance(command, str):
        raise TypeError(f"a command is a list of words: {command.split()!r}")
    return [os.fspath(word) for word in command]


def _path(plugin: str | os.PathLike[str] | None) -> str | None:
    return None if plugin is None else os.fspath(plugin)


def _moment(time: datetime | None) -> tuple[int, int | None] | None:
    """Seconds since 1970 and the offset from UTC there, where it is known."""
    if time is None:
        return None
    offset = time.utcoffset()
    if offset is None:
        return int((time - type(time)(1970, 1, 1)).total_seconds()), None
    return int(time.timestamp()), int(offset.total_seconds())
