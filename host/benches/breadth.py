#!/usr/bin/env python3
"""Measures what another parser costs: a hundred copies of a middling one are added to a clone, and it is built with and without them.

usage: host/benches/breadth.py [--copies N] [--keep]

The clone is in target/bench/breadth. It is built from nothing first, which takes a quarter of an hour on two cores, and its time until the
first record is told, too; `--keep` builds on what an earlier run has left there.
"""
import os, re, shutil, subprocess, sys, time

from whole import BENCH, ROOT, alternate

CLONE = os.path.join(BENCH, "breadth")
# Its machine code is about as large as that of half of the others.
MIDDLING = "lsof"


def build():
    """Builds the program and parses with it; returns seconds, and bytes of the program without its symbols."""
    begin = time.perf_counter()
    subprocess.run(["cargo", "run", "--release", "--locked", "--quiet", "--", "df", "-k"], cwd=CLONE, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - begin
    stripped = os.path.join(CLONE, "target", "stripped")
    subprocess.run(["strip", "-o", stripped, os.path.join(CLONE, "target", "release", "outparse")], check=True)
    return seconds, os.path.getsize(stripped)


def copy(number):
    """A copy of the parser for a command of its own."""
    folder = os.path.join(CLONE, "plugins", f"{MIDDLING}{number}")
    shutil.copytree(os.path.join(CLONE, "plugins", MIDDLING), folder, ignore=shutil.ignore_patterns("fixtures"))
    for directory, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(directory, name)
            with open(path) as file:
                text = file.read()
            with open(path, "w") as file:
                file.write(re.sub(rf'(["-]){MIDDLING}\b', rf"\g<1>{MIDDLING}{number}", text))


def main(argv):
    copies = int(argv[argv.index("--copies") + 1]) if "--copies" in argv else 100
    if "--keep" in argv:
        subprocess.run(["git", "clean", "-dfq", "plugins"], cwd=CLONE, check=True)
        subprocess.run(["git", "checkout", "-q", "."], cwd=CLONE, check=True)
        build()
    else:
        shutil.rmtree(CLONE, ignore_errors=True)
        subprocess.run(["git", "clone", "-q", ROOT, CLONE], check=True)
        print("from a fresh clone to the first record: %.0f s" % build()[0])
    # What changes with any plugin is built again in both.
    os.utime(os.path.join(CLONE, "plugins", MIDDLING, "posix", "lib.rs"))
    before = build()
    without = os.path.join(CLONE, "target", "without")
    shutil.copy(os.path.join(CLONE, "target", "stripped"), without)
    for number in range(1, copies + 1):
        copy(number)
    subprocess.run(["cargo", "metadata", "--offline", "--format-version", "1"], cwd=CLONE, check=True, stdout=subprocess.DEVNULL)
    after = build()
    print("%d copies of `%s`: %.1f s and %.1f MB more" % (copies, MIDDLING, after[0] - before[0], (after[1] - before[1]) / 1e6))
    small = os.path.join(CLONE, "target", "small")
    with open(small, "wb") as file:
        file.write(subprocess.run(["df", "-k"], stdout=subprocess.PIPE).stdout)
    parse = ["parse", "df", "--format", "jsonl"]
    cold = alternate({"without": [without, *parse], "with": [os.path.join(CLONE, "target", "stripped"), *parse]}, 300, small)
    print("cold start: %.2f ms, and %.2f ms with them" % (cold["without"] * 1e3, cold["with"] * 1e3))


if __name__ == "__main__":
    main(sys.argv[1:])
