"""Carries the parsers of the package jc. What they are called and what they read is read from the package itself."""

import contextlib
import importlib
import pkgutil
import re
from importlib.metadata import version

import jc.lib
import jc.parsers
import jc.utils

import values
from values import Capture, Result

CATALOGUE = f"jc {jc.lib.__version__}"

# How the package names systems, and how records and fixtures here do.
PLATFORMS = {"darwin": "macos", "win32": "windows"}

told: list[str] = []


def tell(lines) -> None:
    """Takes what would go to standard error, which a parser in a sandbox does not have."""
    told.append(" ".join([lines] if isinstance(lines, str) else lines))


jc.utils.warning_message = tell
jc.utils.error_message = tell
# Which system this runs on says nothing about a capture.
jc.utils.compatibility = lambda *_, **__: None


class Known:
    """One parser of the package: its module, and the forms of commands that it is for."""

    def __init__(self, about: dict):
        self.name = about["name"]
        self.about = about
        self.module = importlib.import_module(f"jc.parsers.{self.name}")
        # `rpm -qi`: the words that name a command, and the options that must be there.
        self.forms = []
        for form in about.get("magic_commands", []):
            words = form.split()
            named = [word for word in words if not word.startswith("-")]
            self.forms.append((" ".join(named), [word for word in words if word.startswith("-")]))

    def described(self) -> values.wit.DescriptionOfParser:
        binary = "binary" in self.about.get("tags", [])
        return values.parser(
            f"{self.name}-jc",
            " ".join(self.about["description"].split())[:200],
            "jc",
            commands=dict.fromkeys(command for command, _ in self.forms),
            files=self.files(),
            platforms=[PLATFORMS.get(system, system) for system in self.about["compatible"]],
            verbatim=binary,
        )

    def files(self) -> list[str]:
        """The files that the package's own documentation shows it with: `cat /etc/fstab | jc --fstab`."""
        option = self.about["argument"]
        shown = re.findall(rf"\$ cat (/\S+) \| jc {option}(?:\s|$)", self.module.__doc__ or "")
        return list(dict.fromkeys(re.sub(r"/\d+(?=/)", "/*", path) for path in shown))

    def refuse(self, capture: Capture) -> "str | None":
        """Why a command with these arguments is not what the parser is for."""
        if capture.arguments is None:
            return None
        forms = [options for command, options in self.forms if command == capture.command]
        if not forms or any(all(has(capture.arguments, option) for option in options) for options in forms):
            return None
        expected = " or ".join(f"`{capture.command} {' '.join(options)}`" for options in forms)
        return f"expected what {expected} prints"

    def parse(self, capture: Capture) -> Result:
        told.clear()
        # As its own program does it: what is no text goes in as bytes.
        data = capture.text()
        if "binary" in self.about.get("tags", []) and not is_text(capture.data):
            data = capture.data
        if self.about.get("streaming"):
            data = data.splitlines()
        found = self.module.parse(data, quiet=False)
        records = [found] if isinstance(found, dict) else list(found)
        if records == [{}]:
            records = []
        return Result(records, list(told))


def is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def has(arguments: list[str], option: str) -> bool:
    """Whether an option is there, perhaps among others: `-b` in `-bn1`."""
    if option.startswith("--"):
        return option in arguments
    clusters = (word for word in arguments if word.startswith("-") and not word.startswith("--"))
    return any(set(option) <= set(word) for word in clusters)


# Parsers load others of their kind when they need them.
for found in pkgutil.walk_packages(jc.parsers.__path__, "jc.parsers."):
    # One of them is there to show what a missing package does.
    with contextlib.suppress(ImportError):
        importlib.import_module(found.name)

KNOWN = [Known(about) for about in jc.lib.all_parser_info(show_hidden=True, show_deprecated=True)]

Parser, Session = values.export(
    lambda index, capture: KNOWN[index].parse(capture),
    lambda index, capture: KNOWN[index].refuse(capture),
    name="jc",
    version="0.1.0",
    summary=f"All parsers of the Python package jc {version('jc')}",
    catalogue=CATALOGUE,
    doc=f"As {CATALOGUE} calls it.",
    parsers=[known.described() for known in KNOWN],
)
