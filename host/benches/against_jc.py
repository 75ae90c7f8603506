#!/usr/bin/env python3
"""The program against jc, on 50,000 rows of each command and file that both read: of a fixture whose last line is a record, that line is
repeated.

Usage: against_jc.py PROGRAM JC [COMMAND ...]: prints a line a command, slowest gain first.
"""

import json
import pathlib
import subprocess
import sys
import time

ROWS = 50_000
PLUGINS = pathlib.Path(__file__).resolve().parents[2] / "plugins"


def records(program, words, capture):
    run = subprocess.run([program, "--format", "json", "parse", *words], input=capture, capture_output=True)
    try:
        return len(json.loads(run.stdout))
    except ValueError:
        return None


def seconds(command, capture):
    begin = time.perf_counter()
    run = subprocess.run(command, input=capture, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin, run.stdout


def fixtures():
    """What each fixture is of, and its bytes: the longest of a command."""
    found = {}
    for output in PLUGINS.glob("*/*/fixtures/*/*/output"):
        command, facts = output.with_name("command"), output.with_name("capture.toml")
        if command.exists():
            words = command.read_text().split("\n")[:-1]
        elif facts.exists() and 'path = "' in facts.read_text():
            words = [facts.read_text().split('path = "')[1].split('"')[0]]
        else:
            continue
        found.setdefault(tuple(words), []).append(output.read_bytes())
    return found


def main():
    program, jc, *wanted = sys.argv[1:]
    known = {parser["name"] for parser in json.loads(subprocess.run([jc, "-a"], capture_output=True).stdout)["parsers"]}
    best = {}
    for words, captures in fixtures().items():
        path = words[0].startswith("/")
        plain = words[0].strip("/").split("/")
        names = ["_".join(plain[-1:]), "_".join(plain)] if path else ["-".join(words[:2]), words[0]]
        name = next((name.replace("_", "-") for name in names if name.replace("_", "-") in known or name in known), None)
        if name is None or wanted and words[0] not in wanted:
            continue
        asked = [*words] if path else [words[0], "--", *words[1:]]
        for capture in captures:
            lines = capture.splitlines(keepends=True)
            if len(lines) < 2 or not lines[-1].endswith(b"\n"):
                continue
            here, more = records(program, asked, capture), records(program, asked, capture + lines[-1] * 10)
            if not here or more != here + 10:
                continue
            large = capture + lines[-1] * ROWS
            ours, _ = seconds([program, "--format", "json", "parse", *asked], large)
            theirs, printed = seconds([jc, f"--{name}"], large)
            if printed.count(b"{") < ROWS:
                # It has refused them.
                continue
            gain = theirs / ours
            if name not in best or gain < best[name][0]:
                best[name] = (gain, ours, theirs, " ".join(words))
            break
    for name, (gain, ours, theirs, words) in sorted(best.items(), key=lambda one: one[1][0]):
        print(f"{gain:6.1f} times  {ours:6.2f} s  {theirs:6.2f} s  {name:22} {words}")
    print(f"{len(best)} commands and files; the least is {min(gain for gain, *_ in best.values()):.1f} times as fast")


if __name__ == "__main__":
    main()
