"""Reads captures with templates for TextFSM."""

import re
from typing import Callable, TypeVar

import textfsm

from values import Capture, Malformed

Read = TypeVar("Read")


def read(capture: Capture, how: Callable[[str], Read]) -> Read:
    """What a template makes of a capture's text. A line that it raises an error about is named."""
    try:
        return how(capture.text().replace("\r\n", "\n"))
    except textfsm.TextFSMError as error:
        told = " ".join(str(error).split())
        found = re.search(r"Input Line: (.*)$", str(error), re.S)
        line = capture.line_of(found[1]) or capture.line_of(found[1].removesuffix(".")) if found else 0
        raise Malformed(f"the template does not know this line: {told}", line) from None
