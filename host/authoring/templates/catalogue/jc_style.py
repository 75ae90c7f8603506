"""Reads captures with parsers written for jc: modules with a class `info` and a function `parse`."""

import re
from types import ModuleType
from typing import Optional

import jc.utils

import values
from values import Capture, Result

# How jc names systems, and how records and fixtures here do.
PLATFORMS = {"darwin": "macos", "win32": "windows"}

told: list[str] = []


def tell(lines) -> None:
    """Takes what would go to standard error, which a parser in a sandbox does not have."""
    told.append(" ".join([lines] if isinstance(lines, str) else lines))


jc.utils.warning_message = tell
jc.utils.error_message = tell
# Which system this runs on says nothing about a capture.
jc.utils.compatibility = lambda *_, **__: None


class Module:
    """One such module, and the forms of commands that it is for."""

    def __init__(self, name: str, module: ModuleType, commands: Optional[list[str]] = None):
        self.name = name
        self.module = module
        self.info = module.info
        self.tags = getattr(self.info, "tags", [])
        # `rpm -qi`: the words that name a command, and the options that must be there.
        self.forms = []
        for form in getattr(self.info, "magic_commands", None) or commands or []:
            words = form.split()
            named = [word for word in words if not word.startswith("-")]
            self.forms.append((" ".join(named), [word for word in words if word.startswith("-")]))

    def described(self, dialect: str) -> values.wit.DescriptionOfParser:
        """What the interface is told of it."""
        return values.parser(
            f"{self.name}-{dialect}",
            " ".join(self.info.description.split())[:200],
            dialect,
            commands=dict.fromkeys(command for command, _ in self.forms),
            files=self.files(),
            platforms=[PLATFORMS.get(system, system) for system in self.info.compatible],
            verbatim="binary" in self.tags,
        )

    def files(self) -> list[str]:
        """The files that its own documentation shows it with: `cat /etc/fstab | jc --fstab`."""
        option = re.escape(self.name.replace("_", "-"))
        shown = re.findall(rf"\$ cat (/\S+) \| jc --{option}(?:\s|$)", self.module.__doc__ or "")
        return list(dict.fromkeys(re.sub(r"/\d+(?=/)", "/*", path) for path in shown))

    def refuse(self, capture: Capture) -> Optional[str]:
        """Why a command with these arguments is not what it is for."""
        if capture.arguments is None:
            return None
        forms = [options for command, options in self.forms if command == capture.command]
        if not forms or any(all(has(capture.arguments, option) for option in options) for options in forms):
            return None
        expected = " or ".join(f"`{capture.command} {' '.join(options)}`" for options in forms)
        return f"expected what {expected} prints"

    def parse(self, capture: Capture) -> Result:
        """All of it at once, its streaming kind as well."""
        told.clear()
        # As in jc's own program, input that is not text is passed as bytes.
        data = capture.text()
        if "binary" in self.tags and not is_text(capture.data):
            data = capture.data
        if getattr(self.info, "streaming", False):
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
