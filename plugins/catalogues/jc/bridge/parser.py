"""Carries the parsers of the package jc. What they are called and what they read is read from the package itself."""

import contextlib
import importlib
import pkgutil

import jc.lib
import jc.parsers

import jc_style
import values

CATALOGUE = f"jc {jc.lib.__version__}"

# Parsers load others of their kind when they need them.
for found in pkgutil.walk_packages(jc.parsers.__path__, "jc.parsers."):
    # One of them is there to show what a missing package does.
    with contextlib.suppress(ImportError):
        importlib.import_module(found.name)

NAMES = [name.replace("-", "_") for name in jc.lib.parsers]
MODULES = [jc_style.Module(name, importlib.import_module(f"jc.parsers.{name}")) for name in NAMES]

Parser, Session = values.export(
    lambda index, capture: MODULES[index].parse(capture),
    lambda index, capture: MODULES[index].refuse(capture),
    name="jc",
    version="0.1.0",
    summary=f"All parsers of the Python package {CATALOGUE}",
    catalogue=CATALOGUE,
    doc=f"As {CATALOGUE} calls it.",
    parsers=[module.described("jc") for module in MODULES],
)
