# Copyright: (c) 2026, The outparse authors
# SPDX-License-Identifier: MIT OR Apache-2.0

"""The `outparse` program as the plugins call it, on the controller: the bytes of a capture in, an envelope of records out.

Nothing is parsed here. What the program says beside the envelope is kept, so that no problem is lost on the way.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess

PROGRAM = "outparse"

# The program's own name before each of its messages.
PREFIX = "outparse: "

# Messages that are passed on one by one.
MOST_MESSAGES = 20

# What `uname -s` and the facts call a system, where that is not its name here in small letters.
PLATFORMS = {"darwin": "macos", "macosx": "macos", "sunos": "solaris"}


class ParsingFailed(Exception):
    """The program gave no records, or not all of what it should; its text is the reason."""

    def __init__(self, text, envelope=None):
        super().__init__(text)
        self.envelope = envelope


class Parsed:
    """What came of a capture."""

    def __init__(self, envelope, messages):
        self.envelope = envelope
        # What the program said on standard error: a problem, with its place, in each.
        self.messages = messages

    @property
    def records(self):
        return self.envelope["records"]


def words(command, what):
    """The words of a command: a text, which is parted as a shell does, or a list."""
    if isinstance(command, str):
        try:
            return shlex.split(command)
        except ValueError as error:
            raise ValueError(f"{what} `{command}` cannot be parted into words: {error}") from error
    if isinstance(command, (list, tuple)):
        return [str(word) for word in command]
    raise ValueError(f"{what} is a text or a list, and not of the type `{type(command).__name__}`")


def platform(name):
    """A platform as the program calls it, by the name that `uname -s` or `ansible_facts.system` has for it."""
    name = name.lower()
    return PLATFORMS.get(name, name)


def find(program):
    """The path of the program."""
    found = shutil.which(program or PROGRAM)
    if found is None:
        raise ParsingFailed(
            f"`{program or PROGRAM}`: command not found on the controller; it parses there: install outparse, or name it with"
            " `program` or the variable `outparse_program`"
        )
    return found


def listed(value):
    """The names of an option that takes several: a text with commas, or a list."""
    return value if isinstance(value, str) else ",".join(str(part) for part in value)


def options(given):
    """The arguments of the program for what was asked of the records."""
    arguments = []
    for name in ("plugin", "kind", "where", "limit", "captured_at", "implementation"):
        if given.get(name) is not None:
            arguments.append(f"--{name.replace('_', '-')}={given[name]}")
    for name in ("fields", "sort"):
        if given.get(name):
            arguments.append(f"--{name}={listed(given[name])}")
    if given.get("platform"):
        arguments.append(f"--platform={platform(given['platform'])}")
    if given.get("strict"):
        arguments.append("--strict")
    return arguments


def check(command, given):
    """That there is a parser for a command, on whatever platform."""
    if given.get("plugin"):
        return
    ran = subprocess.run([find(given.get("program")), "schema", "--format=json", "--", *command], capture_output=True, check=False)
    if ran.returncode != 0:
        raise ParsingFailed("\n".join(messages(ran.stderr.decode("utf-8", "replace"))))


def script(argv, given, environment, number):
    """What the machine's shell is to read: bytes. The variables go through a pipe, because a command line can be seen by others."""
    line = [find(given.get("program")), f"--locale={given['locale']}", "script", f"--mark={number}", "--variables"]
    if given.get("chdir"):
        line.append(f"--chdir={given['chdir']}")
    variables = "".join(f"{name}={value}\0" for name, value in environment.items())
    try:
        encoded = variables.encode("utf-8", "surrogateescape")
        ran = subprocess.run([*line, "--", *argv], input=encoded, capture_output=True, check=False)
    except (OSError, ValueError) as error:
        raise ParsingFailed(f"outparse cannot be run: {error}") from error
    if ran.returncode != 0:
        raise ParsingFailed("\n".join(messages(ran.stderr.decode("utf-8", "replace"))))
    return ran.stdout


def messages(text):
    """What the program said, a text each: lines that do not begin with its name belong to the one before. Its hints are for a terminal."""
    found = []
    for line in text.splitlines():
        if line.startswith(PREFIX + "hint: "):
            continue
        if line.startswith(PREFIX) or not found:
            found.append(line.removeprefix(PREFIX))
        else:
            found[-1] += "\n" + line
    if len(found) > MOST_MESSAGES:
        left = len(found) - MOST_MESSAGES
        found = found[:MOST_MESSAGES] + [f"… and {left} more messages of outparse"]
    return found


def parse(capture, command, arguments, given):
    """Parses the bytes of a capture. `arguments` are those that the command had; None where they are not known."""
    if not command or command[0].startswith("-"):
        raise ParsingFailed(f"`{command[0]}` is not the name of a command" if command else "no command is named")
    line = [find(given.get("program")), "parse", "--format=json", "--envelope", *options(given), *command]
    if arguments is not None:
        # Nothing behind the dashes says that it had none.
        line += ["--", *arguments]
    try:
        ran = subprocess.run(line, input=capture, capture_output=True, check=False)
    except (OSError, ValueError) as error:
        raise ParsingFailed(f"outparse cannot be run: {error}") from error
    said = ran.stderr.decode("utf-8", "replace")
    told = messages(said)
    try:
        envelope = json.loads(ran.stdout)
        error, found = envelope["error"], envelope["records"]
    except (ValueError, TypeError, KeyError) as wrong:
        reason = "\n".join(told) or f"outparse ended with the status {ran.returncode} and printed no records"
        raise ParsingFailed(reason) from wrong
    if error is not None or ran.returncode != 0 or not isinstance(found, list):
        raise ParsingFailed("\n".join(told) or str(error), envelope)
    return Parsed(envelope, told)
