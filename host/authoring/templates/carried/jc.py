"""Carries `{{ module }}.py`, a parser written for jc."""

import {{ module }}
import jc_style
import values

MODULE = jc_style.Module({{ module | quote }}, {{ module }}, {{ commands | quote }})

Parser, Session = values.export(
    lambda index, capture: MODULE.parse(capture),
    lambda index, capture: MODULE.refuse(capture),
    name={{ name | quote }},
    version="0.1.0",
    summary=" ".join(MODULE.info.description.split())[:200],
    catalogue=None,
    doc="As `{{ module }}.py` calls it.",
    parsers=[MODULE.described({{ name | quote }})],
)
