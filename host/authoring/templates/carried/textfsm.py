"""Carries `{{ carried }}`, a template for TextFSM."""

import io
import os

import textfsm

import textfsm_style
import values
from values import Capture, Result

# A sandbox has no files: the template is read when the component is made.
with open(os.path.join(os.path.dirname(__file__), {{ carried | quote }}), encoding="utf-8") as file:
    TEMPLATE = file.read()

PLATFORM = {{ platform | quote }}


def refuse(_: int, capture: Capture) -> "str | None":
    return None


def parse(_: int, capture: Capture) -> Result:
    machine = textfsm.TextFSM(io.StringIO(TEMPLATE))
    rows = textfsm_style.read(capture, machine.ParseText)
    names = [name.lower() for name in machine.header]
    return Result([dict(zip(names, row)) for row in rows])


Parser, Session = values.export(
    parse,
    refuse,
    name={{ name | quote }},
    version="0.1.0",
    summary={{ summary | quote }},
    catalogue=None,
    doc="As `{{ carried }}` calls it.",
    parsers=[
        values.parser({{ name | quote }}, {{ summary | quote }}, {{ name | quote }}, [{{ command | quote }}], platforms=[PLATFORM], bound=True)
    ],
)
