"""Captures by the million, over the machines of a Ray cluster.

``pip install "ray[data]"`` brings Ray; this module is imported by who uses it. A cluster's machines all have this package.

>>> import outparse.ray                                                       # doctest: +SKIP
>>> done = outparse.ray.parse("/archive/**/df_-k", "df -k", output="/tables/df")    # doctest: +SKIP
>>> done.captures, done.problems                                              # doctest: +SKIP
(1000000, 12)

Captures are parsed in shards of a thousand and more: a task a capture would cost more than the capture. A shard's records are a Parquet
file, named by what is in the shard, the parsers that read it, and the options. It is written beside its place and renamed, so a task
that is run again, because a machine was lost, replaces its own part and duplicates nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Union, overload

import pyarrow  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
import ray.data

import outparse

from . import _native

__all__ = ["Shard", "Written", "parse"]

#: Rows of a row group: fixed, so that the same records are the same bytes.
_ROW_GROUP = 1 << 16


class Shard(NamedTuple):
    """What became of one shard."""

    #: The name of its files: ``records-NAME.parquet`` and ``problems-NAME.parquet``.
    name: str
    captures: int
    #: Captures that were parsed to their ends.
    parsed: int
    records: int
    problems: int


class Written(NamedTuple):
    """What was written, a shard a file."""

    output: str
    shards: list[Shard]

    @property
    def captures(self) -> int:
        return sum(shard.captures for shard in self.shards)

    @property
    def parsed(self) -> int:
        """Captures that were parsed to their ends."""
        return sum(shard.parsed for shard in self.shards)

    @property
    def records(self) -> int:
        return sum(shard.records for shard in self.shards)

    @property
    def problems(self) -> int:
        return sum(shard.problems for shard in self.shards)

    @property
    def files(self) -> list[str]:
        """The files of the records, in the order of the shards."""
        return [os.path.join(self.output, f"records-{shard.name}.parquet") for shard in self.shards]


class _Options(NamedTuple):
    """How captures are read: the same on each machine."""

    words: list[str]
    arguments: list[str] | None
    platform: str | None
    plugin: str | None
    captured_at: datetime | None
    members: list[str]
    #: The parsers that the driver has.
    digest: str
    #: The driver's version, for messages.
    version: str


Paths = Union[str, "os.PathLike[str]", "Iterable[str | os.PathLike[str]]"]


@overload
def parse(
    captures: ray.data.Dataset | Paths,
    command: str | Sequence[str],
    *,
    output: None = None,
    arguments: Sequence[str] | None = None,
    platform: str | None = None,
    plugin: str | os.PathLike[str] | None = None,
    captured_at: datetime | None = None,
    members: str | Sequence[str] | None = None,
    per_task: int = 1000,
    contents: str = "bytes",
    path: str = "path",
    problems: bool = False,
) -> ray.data.Dataset: ...


@overload
def parse(
    captures: ray.data.Dataset | Paths,
    command: str | Sequence[str],
    *,
    output: str | os.PathLike[str],
    arguments: Sequence[str] | None = None,
    platform: str | None = None,
    plugin: str | os.PathLike[str] | None = None,
    captured_at: datetime | None = None,
    members: str | Sequence[str] | None = None,
    per_task: int = 1000,
    contents: str = "bytes",
    path: str = "path",
    problems: bool = False,
) -> Written: ...


def parse(
    captures: ray.data.Dataset | Paths,
    command: str | Sequence[str],
    *,
    output: str | os.PathLike[str] | None = None,
    arguments: Sequence[str] | None = None,
    platform: str | None = None,
    plugin: str | os.PathLike[str] | None = None,
    captured_at: datetime | None = None,
    members: str | Sequence[str] | None = None,
    per_task: int = 1000,
    contents: str = "bytes",
    path: str = "path",
    problems: bool = False,
) -> ray.data.Dataset | Written:
    """Parses captures of one command over a cluster.

    ``captures`` are files, folders and patterns that all machines see; or a dataset with a column of captures, and one of what to call
    them, as ``ray.data.read_binary_files(…, include_paths=True)`` gives. ``command`` and the options are those of ``outparse.scan``.

    With ``output``, a folder that all machines see, each shard is written there: ``records-NAME.parquet``, and beside it
    ``problems-NAME.parquet`` with what went wrong, empty where nothing did. The result is a ``Written``, which accounts for each
    capture. What the folder had before stays, but for shards that are the same.

    Without, the result is a dataset of the records; with ``problems``, of what went wrong.

    A machine whose parsers are not the driver's is refused: ``outparse.PluginError``.
    """
    named, given = outparse._command(command, arguments)
    chosen = outparse._path(plugin)
    digest = _native.digest(named, given, platform, chosen)
    options = _Options(named, given, platform, chosen, captured_at, outparse._patterns(members), digest, outparse.__version__)
    if isinstance(captures, ray.data.Dataset):
        shards, at_once = captures, per_task
    else:
        # A block a shard: what a task is given does not depend on which machine takes it, and when.
        parts = list(_parts(_files(captures), per_task))
        if not parts:
            raise outparse.UsageError("there is no file to parse")
        shards = ray.data.from_items(
            [{"paths": part, "place": place} for place, part in enumerate(parts)], override_num_blocks=len(parts)
        )
        at_once = 1
    how: dict[str, Any] = {"batch_size": at_once, "batch_format": "pyarrow", "zero_copy_batch": True}
    if output is None:
        table: Any = _table
        return shards.map_batches(table, fn_args=(options, contents, path, problems), **how)
    folder = os.path.abspath(os.fspath(output))
    os.makedirs(folder, exist_ok=True)
    write: Any = _write
    writing = shards.map_batches(write, fn_args=(options, contents, path, folder), **how)
    # A row is all that comes back of a shard, so nothing has to be kept free for what comes back: kept free, half of the cores idle.
    writing.context.op_resource_reservation_enabled = False
    done = writing.take_all()
    done.sort(key=lambda row: (row["place"], row["name"]))
    return Written(folder, [Shard(*(row[field] for field in Shard._fields)) for row in done])


def _files(paths: Paths) -> list[str]:
    """All files, by names that hold on all machines, in the order in which a scan reads them."""
    return _native.files([os.path.abspath(path) for path in outparse._paths(paths)])


def _parts(files: list[str], size: int) -> Iterator[list[str]]:
    return (files[start : start + size] for start in range(0, len(files), size))


class _Shard:
    """A batch of captures on the machine that parses it."""

    def __init__(self, batch: pyarrow.Table, options: _Options, contents: str, path: str) -> None:
        digest = _native.digest(options.words, options.arguments, options.platform, options.plugin)
        if digest != options.digest:
            raise outparse.PluginError(
                f"{os.uname().nodename} has other parsers than the machine that asked: outparse {outparse.__version__} is there, "
                f"and outparse {options.version} asked; install the same version, with the same plugins and configuration, on all machines"
            )
        self.options = options
        self.place = 0
        self.captures: list[tuple[str, bytes | None]]
        if batch.column_names == ["paths", "place"]:
            self.place = batch.column("place")[0].as_py()
            self.captures = [(name, None) for paths in batch.column("paths").to_pylist() for name in paths]
        else:
            known = path in batch.column_names
            names = batch.column(path).to_pylist() if known else [str(row) for row in range(batch.num_rows)]
            self.captures = list(zip(names, batch.column(contents).to_pylist()))

    def scan(self) -> outparse.Scan:
        """One thread: Ray gives a task one core."""
        of = self.options
        moment = outparse._moment(of.captured_at)
        return _native.scan(
            [], self.captures, of.words, of.arguments, of.platform, of.plugin, moment, of.members, 1
        )

    @property
    def name(self) -> str:
        """What is in it, and how it is read."""
        # A version with the same parsers makes the same of it.
        options = self.options._replace(version="")
        named = hashlib.sha256(json.dumps([*options, pyarrow.__version__], default=str).encode())
        for name, content in self.captures:
            named.update(json.dumps(name).encode())
            if content is not None:
                named.update(hashlib.sha256(content).digest())
        return named.hexdigest()[:32]


def _table(batch: pyarrow.Table, options: _Options, contents: str, path: str, problems: bool) -> pyarrow.Table:
    scan = _Shard(batch, options, contents, path).scan()
    table = pyarrow.table(scan)
    return pyarrow.table(scan.problems) if problems else table


def _write(batch: pyarrow.Table, options: _Options, contents: str, path: str, output: str) -> pyarrow.Table:
    shard = _Shard(batch, options, contents, path)
    name = shard.name
    scan = shard.scan()
    records = pyarrow.table(scan)
    # The records come last: where they are, the problems are.
    _put(pyarrow.table(scan.problems), os.path.join(output, f"problems-{name}.parquet"))
    _put(records, os.path.join(output, f"records-{name}.parquet"))
    captures, parsed, found, problems = scan.counts
    told = Shard(name, captures, parsed, found, problems)._asdict()
    return pyarrow.Table.from_pylist([{**told, "place": shard.place}])


def _put(table: pyarrow.Table, path: str) -> None:
    """Writes a file beside its place, and then it is there as a whole."""
    beside = f"{path}.{uuid.uuid4().hex}.part"
    try:
        with open(beside, "wb") as file:
            pyarrow.parquet.write_table(table.combine_chunks(), file, row_group_size=_ROW_GROUP, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise
