#!/usr/bin/env python3
"""Measures whole processes: cold start, throughput and memory, against a native twin, the bare command, jc and jc-rs.

usage: host/benches/whole.py [--quick] [--package] [--markdown]

Builds the release program and the twin, makes its captures below target/bench, installs jc there from PyPI and jc-rs from
crates.io, and prints a table. All ratios are of one run on one machine: absolute times mean nothing elsewhere. `--quick` leaves out the captures
of 1 GB; `--package` builds the program of a release as it is handed out, which takes a quarter of an hour.
"""
import os, shutil, statistics, subprocess, sys, time, venv

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(ROOT, "target", "bench")
# Copies, as an installation makes them: what the linker has just written lies in the page cache in smaller pieces, and starts slower.
OUTPARSE = os.path.join(BENCH, "outparse")
TWIN = os.path.join(BENCH, "native_df")


def run(command, stdin=None, stdout=os.devnull):
    """Runs once; returns seconds and the peak of resident memory in MiB."""
    with open(stdin or os.devnull, "rb") as source, open(stdout, "wb") as sink:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=source, stdout=sink, stderr=subprocess.DEVNULL, close_fds=False)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def alternate(commands, times, stdin=None):
    """Runs the commands in turn, so that all meet the same disturbances; returns the medians of their times."""
    seconds = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            seconds[name].append(run(command, stdin)[0])
    return {name: statistics.median(values) for name, values in seconds.items()}


def df_capture(path, size):
    """A df of many filesystems."""
    with open(path, "w") as out:
        written = out.write("%-18s %10s %8s %9s Use%% Mounted on\n" % ("Filesystem", "1K-blocks", "Used", "Available"))
        row = 0
        while written < size:
            lines = []
            for row in range(row, row + 1000):
                total, used = 1_000_000 + row * 7919 % 999_000_000, 1000 + row * 104_729 % 9_999_000
                lines.append("%-18s %10d %8d %9d %3d%% /mnt/volume/%d\n"
                             % (f"/dev/disk{row % 1_000_000}", total, used, total - used if total > used else 0, row % 101, row))
            row += 1
            written += out.write("".join(lines))


def log_capture(path, size):
    """Lines of a log, as tr would pass them on."""
    line = "2026-01-01T00:00:%02d.%03dZ web-%d GET /api/v1/items/%d 200 %dus\n"
    with open(path, "w") as out:
        written = row = 0
        while written < size:
            written += out.write("".join(line % (i % 60, i % 1000, i % 16, i, i % 9973) for i in range(row, row + 1000)))
            row += 1000


def rows_like(kind, path, rows):
    """What ps and ls print, many times over."""
    command = {"ps": ["ps", "aux"], "ls": ["ls", "-l", "/usr/bin"]}[kind]
    lines = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}).stdout.splitlines(True)
    head, body = lines[:1], lines[1:]
    with open(path, "w") as out:
        out.writelines(head + (body * (rows // len(body) + 1))[:rows])


def jc():
    """The path of jc, installed below target/bench; None where that is not possible."""
    home = os.path.join(BENCH, "venv")
    path = os.path.join(home, "bin", "jc")
    if not os.path.exists(path):
        venv.create(home, with_pip=True)
        subprocess.run([os.path.join(home, "bin", "pip"), "install", "--quiet", "jc"], stdout=subprocess.DEVNULL)
    return path if os.path.exists(path) else None


def jc_rs():
    """The path of jc-rs, jc written again in Rust, installed below target/bench; None where that is not possible."""
    path = os.path.join(BENCH, "jc-rs", "bin", "jc-rs")
    if not os.path.exists(path):
        subprocess.run(["cargo", "install", "--quiet", "jc-rs", "--version", "0.5.1", "--root", os.path.join(BENCH, "jc-rs")])
    return path if os.path.exists(path) else None


def instructions(command, stdin):
    """Instructions that callgrind counts, None without valgrind."""
    with open(stdin, "rb") as source:
        try:
            output = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
                                    stdin=source, capture_output=True, text=True).stderr
        except FileNotFoundError:
            return None
    collected = [line for line in output.splitlines() if "Collected" in line]
    return int(collected[0].split()[-1]) if collected else None


def main(argv):
    quick, rows = "--quick" in argv, []
    subprocess.run(["cargo", "build", "--release", "--bins", "--examples", "--quiet"], cwd=ROOT, check=True)
    os.makedirs(BENCH, exist_ok=True)
    release = os.path.join(ROOT, "target", "release")
    shutil.copy(os.path.join(release, "outparse"), OUTPARSE)
    shutil.copy(os.path.join(release, "examples", "native_df"), TWIN)
    path = lambda name: os.path.join(BENCH, name)
    with open(path("small"), "wb") as small:
        small.write(subprocess.run(["df"], stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}).stdout)
    peers = {name: path for name, path in (("jc", jc()), ("jc-rs", jc_rs())) if path}
    parse = [OUTPARSE, "parse", "df", "--format", "jsonl"]

    def row(what, value, target):
        rows.append((what, value, target))
        print(f"{what}: {value} ({target})", file=sys.stderr)

    def beside(what, ours, command, times, capture, targets):
        """Ours beside each of the peers, in turn."""
        seconds = alternate({"outparse": ours, **{name: [peer, f"--{command}"] for name, peer in peers.items()}}, times, capture)
        for name in peers:
            row(f"{what}, against {name}", "%.1f × as fast" % (seconds[name] / seconds["outparse"]), targets[name])

    # With the C library in it: what cargo has built, linked once more, or as it is handed out.
    target = [f"{os.uname().machine}-unknown-linux-gnu"] if "--package" in argv else []
    static = subprocess.run([os.path.join(ROOT, "host", "release", "build.sh"), *target], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    shutil.copy(os.path.join(ROOT, static), path("static"))
    cold = alternate({"twin": [TWIN], "outparse": parse, "static": [path("static"), *parse[1:]]}, 300, path("small"))
    row("cold start, whole process, against the native twin", "%.2f × its time (%.2f ms to %.2f ms)"
        % (cold["outparse"] / cold["twin"], cold["outparse"] * 1e3, cold["twin"] * 1e3), "≤ 1.4 ×")
    row("the same, the static program" + (" of the packages" if target else ""), "%.2f × (%.2f ms)" % (cold["static"] / cold["twin"], cold["static"] * 1e3), "≤ 1.4 ×")
    linked = [os.path.join(release, "outparse"), *parse[1:]], [os.path.join(release, "examples", "native_df")]
    warm = alternate({"twin": linked[1], "outparse": linked[0]}, 300, path("small"))
    row("the same straight from the linker", "%.2f ×" % (warm["outparse"] / warm["twin"]), "≤ 1.4 ×")
    counts = instructions(parse, path("small")), instructions([TWIN], path("small"))
    if all(counts):
        row("the same in instructions", "%.2f × (%.2f M to %.2f M)" % (counts[0] / counts[1], counts[0] / 1e6, counts[1] / 1e6), "–")
    beside("cold start", parse, "df", 50, path("small"), {"jc": "≥ 50 ×", "jc-rs": "≥ 1.0 ×"})
    bare = alternate({"df": ["df"], "outparse": [OUTPARSE, "df"]}, 200)
    row("`outparse df` minus `df`", "%.2f ms" % ((bare["outparse"] - bare["df"]) * 1e3), "≤ 3 ms")

    df_capture(path("df-50M"), 50_000_000)
    log_capture(path("log-50M"), 50_000_000)
    fast = alternate({"twin": [TWIN], "outparse": parse}, 9, path("df-50M"))
    row("df 50 MB → jsonl, against the native twin", "%.2f × its throughput (%.0f MB/s)"
        % (fast["twin"] / fast["outparse"], 50 / fast["outparse"]), "≥ 0.95 ×")
    if "jc-rs" in peers:
        fast = alternate({"jc-rs": [peers["jc-rs"], "--df"], "outparse": parse}, 3, path("df-50M"))
        row("df 50 MB → jsonl, against jc-rs", "%.1f × as fast" % (fast["jc-rs"] / fast["outparse"]), "≥ 8 ×")
    for command, capture in (("df", "df-50M"), ("tr", "log-50M")):
        for form in ("jsonl", "csv", "arrow"):
            seconds = statistics.median(run([OUTPARSE, "parse", command, "--format", form], path(capture))[0] for _ in range(5))
            row(f"{command} 50 MB → {form}", "%.0f MB/s" % (50 / seconds), "–")
    for kind, count, targets in (("ps", 20_000, {"jc": "≥ 25 ×", "jc-rs": "≥ 10 ×"}), ("ls", 50_000, {"jc": "≥ 15 ×", "jc-rs": "≥ 5 ×"})):
        rows_like(kind, path(kind), count)
        beside(f"{count:,} rows like {kind}'s → json", [OUTPARSE, "parse", kind, "--format", "json"], kind, 5, path(kind), targets)
    stripped = path("stripped")
    subprocess.run(["strip", "-o", stripped, OUTPARSE], check=True)
    row("the program, stripped", "%.1f MB" % (os.path.getsize(stripped) / 1e6), "–")
    if target:
        row("the program of the packages", "%.1f MB" % (os.path.getsize(path("static")) / 1e6), "≤ 25 MB")
    if not quick:
        df_capture(path("df-1G"), 1_000_000_000)
        small = {form: run([OUTPARSE, "parse", "df", "--format", form], path("df-50M"))[0] for form in ("jsonl", "csv", "arrow", "yaml", "table")}
        for form, before in small.items():
            seconds, peak = run([OUTPARSE, "parse", "df", "--format", form], path("df-1G"))
            row(f"df 1 GB → {form}", "%.0f MiB peak, %.1f s, %.2f × the time a byte of 50 MB takes"
                % (peak, seconds, seconds / before / 20), "≤ 64 MiB, linear")
        os.remove(path("df-1G"))
    if "--markdown" in argv:
        print("| what | measured | goal |\n|---|---|---|")
        for what, value, target in rows:
            print(f"| {what} | {value} | {target} |")


if __name__ == "__main__":
    main(sys.argv[1:])
