#!/usr/bin/env python3
"""The program against jc, on 50,000 rows of each command and file that both read: of a fixture whose last line is a record, that line is
repeated. Both read the same bytes and write JSON.

Usage: against_jc.py PROGRAM JC [COMMAND ...]: prints a line a command, slowest gain first. Of three runs of each the quickest counts, by the
clock and by the time of the processor: other work on the machine disturbs the first more than the second. A run of jc that takes longer
than a minute is ended, and counts as a minute.
"""

import json
import pathlib
import resource
import subprocess
import sys
import time

ROWS = 50_000
RUNS = 3
MOST_SECONDS = 60
PLUGINS = pathlib.Path(__file__).resolve().parents[2] / "plugins"


def records(program, words, capture):
    run = subprocess.run([program, "--format", "json", "parse", *words], input=capture, capture_output=True)
    try:
        return len(json.loads(run.stdout))
    except ValueError:
        return None


def processor():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(command, capture):
    """The least seconds of the runs by the clock, and of the processor, and what was printed; none where it had to be ended."""
    clock, worked = [], []
    for _ in range(RUNS):
        begin, before = time.perf_counter(), processor()
        try:
            run = subprocess.run(command, input=capture, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=MOST_SECONDS)
        except subprocess.TimeoutExpired:
            return MOST_SECONDS, MOST_SECONDS, None
        clock.append(time.perf_counter() - begin)
        worked.append(processor() - before)
        if clock[0] > MOST_SECONDS / 6:
            break
    return min(clock), min(worked), run.stdout


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
            theirs, their_work, printed = seconds([jc, f"--{name}"], large)
            if printed is not None and printed.count(b"{") < ROWS:
                # It has refused them.
                continue
            ours, our_work, printed = seconds([program, "--format", "json", "parse", *asked], large)
            if printed is None or printed.count(b"{") < ROWS:
                sys.exit(f"`{' '.join(words)}` lost records")
            gain = theirs / ours
            if name not in best or gain < best[name][0]:
                best[name] = (gain, ours, theirs, their_work / our_work, " ".join(words))
            break
    for name, (gain, ours, theirs, work, words) in sorted(best.items(), key=lambda one: one[1][0]):
        print(f"{gain:6.1f} times  {ours:6.2f} s  {theirs:6.2f} s  {work:6.1f} times less work  {name:22} {words}")
    print(f"{len(best)} commands and files; the least is {min(gain for gain, *_ in best.values()):.1f} times as fast")


if __name__ == "__main__":
    main()
