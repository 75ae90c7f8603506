"""Carries `{{ template }}`, a template for TextFSM."""

import io
import os
import re

import textfsm

import values
from values import Capture, Malformed, Result

# A sandbox has no files: the template is read when the component is made.
with open(os.path.join(os.path.dirname(__file__), {{ template | quote }}), encoding="utf-8") as file:
    TEMPLATE = file.read()

PLATFORM = {{ platform | quote }}


def refuse(_: int, capture: Capture) -> "str | None":
    return None


def parse(_: int, capture: Capture) -> Result:
    machine = textfsm.TextFSM(io.StringIO(TEMPLATE))
    try:
        rows = machine.ParseText(capture.text().replace("\r\n", "\n"))
    except textfsm.TextFSMError as error:
        told = " ".join(str(error).split())
        found = re.search(r"Input Line: (.*)$", str(error), re.S)
        line = capture.line_of(found[1]) or capture.line_of(found[1].removesuffix(".")) if found else 0
        raise Malformed(f"the template does not know this line: {told}", line) from None
    names = [name.lower() for name in machine.header]
    return Result([dict(zip(names, row)) for row in rows])


Parser, Session = values.export(
    parse,
    refuse,
    name={{ name | quote }},
    version="0.1.0",
    summary={{ summary | quote }},
    catalogue=None,
    doc="As `{{ template }}` calls it.",
    parsers=[
        values.parser({{ name | quote }}, {{ summary | quote }}, {{ name | quote }}, [{{ command | quote }}], platforms=[PLATFORM], bound=True)
    ],
)
