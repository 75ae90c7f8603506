"""What can go wrong, as exceptions."""

from __future__ import annotations


class OutparseError(Exception):
    """Anything that goes wrong here."""

    #: The line of the capture, from 1, where one is to blame.
    line: int | None
    #: The byte in that line, from 1, where one is to blame.
    column: int | None
    #: The parser that says so.
    plugin: str | None
    #: What to do about it, where that is known.
    hint: str | None
    #: The line with the place marked, where it is at hand.
    excerpt: str | None

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        plugin: str | None = None,
        hint: str | None = None,
        excerpt: str | None = None,
    ) -> None:
        super().__init__(message)
        self.line, self.column, self.plugin, self.hint, self.excerpt = line, column, plugin, hint, excerpt

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), self.args, self.__dict__)


class UnrecognisedError(OutparseError):
    """No parser recognises the capture: it is something else."""


class MalformedError(OutparseError):
    """The capture is broken beyond a place."""


class NoParserError(OutparseError):
    """No parser reads the command."""


class PluginError(OutparseError):
    """A plugin misbehaved, or went beyond a limit."""


class UsageError(OutparseError, ValueError):
    """What was asked for makes no sense."""


class CommandNotFoundError(OutparseError, FileNotFoundError):
    """There is no such command."""


class CommandNotExecutableError(OutparseError, PermissionError):
    """The command cannot be run."""
