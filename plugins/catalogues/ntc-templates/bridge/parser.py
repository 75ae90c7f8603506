"""Carries the templates of the package ntc-templates, for the commands of network devices. Which there are is read from its index."""

import io
import os
import re
import sys
import types
from importlib.metadata import version
from itertools import groupby

# The package asks for these on its way to a terminal, which it then does not use.
for missing in ("fcntl", "termios", "tty"):
    sys.modules.setdefault(missing, types.ModuleType(missing))

import ntc_templates.parse
from textfsm import clitable

import textfsm_style
import values
from values import Capture, Malformed, Result

VERSION = version("ntc_templates")
CATALOGUE = f"ntc-templates {VERSION}"
FOLDER = os.path.join(os.path.dirname(ntc_templates.__file__), "templates")

# A sandbox has no files: what there is to read is read when the component is made.
INDEX = clitable.CliTable("index", FOLDER)
TEXTS = {}
for name in os.listdir(FOLDER):
    if name.endswith(".textfsm"):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as template:
            TEXTS[name] = template.read()
with open(os.path.join(FOLDER, "index"), encoding="utf-8") as index:
    ROWS = [line.strip() for line in index if line.strip() and not line.startswith("#")][1:]
clitable.CliTable._TemplateNamesToFiles = lambda _, names: [io.StringIO(TEXTS[name]) for name in names.split(":")]


def platforms(pattern: str) -> list[str]:
    """The platforms that a pattern of the index means: `(hp|aruba)_procurve` are two, `.*vyos.*` is called `vyos`."""
    pattern = pattern.replace(".*", "")
    found = re.fullmatch(r"([^()]*)\(([^()]*)\)([^()]*)", pattern)
    return [found[1] + one + found[3] for one in found[2].split("|")] if found else [pattern]


def commands(pattern: str) -> list[str]:
    """The words that a pattern of the index begins with, as the interface writes words that may be shortened."""
    optional = re.match(r"()\(((?:[^()]|\([^()]*\))*)\)\?(.*)", pattern) or re.match(r"([^()]*)\(([^()|\\]*)\)\?(.*)", pattern)
    if optional:
        before, inside, rest = optional.groups()
        return commands(before + inside.removeprefix("?:") + rest) + commands(before + rest)
    words = []
    # A slash before the first word is what the host takes for a folder.
    for word in pattern.removeprefix("[[/]]").split(" "):
        plain = re.sub(r"\[\[([^\[\]]+)\]\]$", r"[\1]", word)
        if not re.fullmatch(r"[\w./-]+(\[[\w./-]+\])?", plain):
            break
        words.append(plain)
    return [" ".join(words)] if words else []


def known() -> dict[str, list[str]]:
    """The commands of each platform."""
    pairs = []
    for row in ROWS:
        _, _, platform, pattern = (cell.strip() for cell in row.split(",", 3))
        pairs += [(one, command) for one in platforms(platform) for command in commands(pattern)]
    pairs.sort()
    return {one: list(dict.fromkeys(pair[1] for pair in group)) for one, group in groupby(pairs, lambda pair: pair[0])}


KNOWN = known()
NAMES = list(KNOWN)


def typed(capture: Capture) -> str:
    """The command as a whole."""
    return " ".join([capture.command or "", *(capture.arguments or [])])


def refuse(index: int, capture: Capture) -> "str | None":
    platform = NAMES[index]
    if capture.platform != platform:
        return f"expected a capture from `{platform}`: `--platform` says from which kind of device one is"
    if not INDEX.index.GetRowMatch({"Command": typed(capture), "Platform": platform}):
        return f"there is no template for `{typed(capture)}` of {platform}"
    return None


def parse(index: int, capture: Capture) -> Result:
    # Not the index's rows but the package's own way to its records.
    attributes = {"Command": typed(capture), "Platform": NAMES[index]}
    table = clitable.CliTable("index", FOLDER)
    textfsm_style.read(capture, lambda text: table.ParseCmd(text, attributes))
    records = ntc_templates.parse._clitable_to_dict(table)
    refused = re.search(r"^% .+$", capture.text().replace("\r", ""), re.M)
    if refused and not records:
        raise Malformed(f"the device says `{refused[0]}`", capture.line_of(refused[0]))
    return Result(records)


Parser, Session = values.export(
    parse,
    refuse,
    name="ntc-templates",
    version="0.1.0",
    summary=f"All TextFSM templates of the Python package ntc-templates {VERSION}",
    catalogue=CATALOGUE,
    doc=f"As {CATALOGUE} calls it.",
    parsers=[
        values.parser(f"{platform}-ntc", f"Commands of {platform}, by templates", "ntc", known, platforms=[platform], bound=True)
        for platform, known in KNOWN.items()
    ],
)
