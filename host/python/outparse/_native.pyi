"""The native part."""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, final, overload

from ._types import Field, Plugin, Problem

__version__: str

@final
class Records:
    """The records of one capture: a list of rows, and an Arrow table."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, place: int, /) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice, /) -> list[dict[str, Any]]: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def _repr_html_(self) -> str:
        """The first of them as a table: what a notebook shows."""
    @property
    def problems(self) -> list[Problem]:
        """What could not be understood. Empty when all could."""
    @property
    def schema(self) -> list[Field]:
        """The fields: types, units, meanings."""
    @property
    def plugin(self) -> Plugin:
        """The parser that read them."""
    @property
    def status(self) -> int | None:
        """The command's exit status; negative for the signal that killed it; None where nothing was run."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """All records as an Arrow C stream, null where a record lacks a field."""

@final
class Stream(Iterator[list[dict[str, Any]]]):
    """The records of a command while it runs: lists of rows, as they come."""

    def __iter__(self) -> Stream: ...
    def __next__(self) -> list[dict[str, Any]]: ...
    def __enter__(self) -> Stream: ...
    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...
    def close(self) -> None:
        """Ends the command, if it still runs."""
    def take_problems(self) -> list[Problem]:
        """What could not be understood since this was asked last."""
    @property
    def plugin(self) -> Plugin | None:
        """The parser, once the first records have come."""
    @property
    def status(self) -> int | None:
        """How the command ended, once it has."""

@final
class Scan(Iterator[dict[str, Any]]):
    """A table of many captures, read once: by a data frame, or row by row."""

    def __iter__(self) -> Scan: ...
    def __next__(self) -> dict[str, Any]: ...
    @property
    def problems(self) -> Failures:
        """What went wrong so far, a row for each failure and each problem: complete once the table has been read."""
    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Captures, those that were parsed to their ends, records, failures: so far."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as an Arrow C stream."""

@final
class Failures:
    """What went wrong with captures."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> dict[str, Any]: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The failures as an Arrow C stream."""

def parse(
    words: list[str],
    data: bytes,
    arguments: list[str] | None,
    platform: str | None,
    plugin: str | None,
    captured: tuple[int, int | None] | None,
) -> Records: ...
def run(words: list[str], plugin: str | None, timeout: float | None, exact: bool) -> Records: ...
def stream(words: list[str], plugin: str | None, exact: bool) -> Stream: ...
def files(inputs: list[str]) -> list[str]: ...
def digest(words: list[str], arguments: list[str] | None, platform: str | None, plugin: str | None) -> str: ...
def scan(
    inputs: list[str],
    more: list[tuple[str, bytes | None]],
    words: list[str],
    arguments: list[str] | None,
    platform: str | None,
    plugin: str | None,
    captured: tuple[int, int | None] | None,
    members: list[str],
    threads: int | None,
) -> Scan: ...
def sos(inputs: list[str], commands: list[list[str]], platform: str | None, threads: int | None) -> list[Scan]: ...
