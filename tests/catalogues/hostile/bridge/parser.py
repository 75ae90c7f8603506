"""A package that tries what a malicious one would, beside one honest parser. What a trial brings back is a record: it must not come."""

import gc
import os
import socket
import subprocess
import sys
import time

import values
from values import Capture, Result

real_open = open
# What one session leaves here must not be there in the next.
visits: list[str] = []


def honest(capture: Capture) -> Result:
    visits.append("honest")
    return Result([{"line": line, "visits": len(visits)} for line in capture.text().splitlines()])


def opens(_: Capture) -> Result:
    return Result([{"stolen": real_open("/etc/passwd").read()}])


def lists(_: Capture) -> Result:
    return Result([{"stolen": name} for name in os.listdir("/")])


def writes(_: Capture) -> Result:
    descriptor = os.open("/tmp/outparse-hostile", os.O_CREAT | os.O_WRONLY)
    return Result([{"stolen": os.write(descriptor, b"here")}])


def connects(_: Capture) -> Result:
    return Result([{"stolen": str(socket.create_connection(("127.0.0.1", 22), 1))}])


def forks(_: Capture) -> Result:
    return Result([{"stolen": os.fork()}])


def runs(_: Capture) -> Result:
    return Result([{"stolen": subprocess.run(["id"], capture_output=True).stdout}])


def looks(_: Capture) -> Result:
    # What was there when the component was made is no secret of the machine that it runs on.
    return Result([{"stolen": os.environ[name]} for name in os.environ if name in ("HOME", "OUTPARSE_SECRET")])


def clock(_: Capture) -> Result:
    return Result([{"stolen": time.time()}])


def loops(_: Capture) -> Result:
    while True:
        pass


def recurses(capture: Capture) -> Result:
    sys.setrecursionlimit(10**9)
    return recurses(capture)


def fills(_: Capture) -> Result:
    kept = []
    while True:
        kept.append(bytearray(1 << 20))


def pollutes(capture: Capture) -> Result:
    visits.extend(["here"] * 1000)
    for found in gc.get_objects():
        if isinstance(found, type) and found.__name__ == "Capture":
            found.text = lambda self: "polluted"
    return Result([])


def floods(_: Capture) -> Result:
    return Result([{f"field {number} {row}": row for number in range(500)} for row in range(20_000)])


def lies(_: Capture) -> Result:
    return Result([{"a\u202eb": "\x1b]0;owned\x07", "\x1b[2J": 1}], ["\x1b[2Jwarning\r\nanother"])


PARSERS = [honest, opens, lists, writes, connects, forks, runs, looks, clock, loops, recurses, fills, pollutes, floods, lies]

Parser, Session = values.export(
    lambda index, capture: PARSERS[index](capture),
    lambda index, capture: None,
    name="hostile",
    version="1.0.0",
    summary="One honest parser among others",
    catalogue="hostile 1.0",
    doc="As it calls it.",
    parsers=[values.parser(f"{parser.__name__}-hostile", "One of them", "hostile", [f"hostile-{parser.__name__}"]) for parser in PARSERS],
)
