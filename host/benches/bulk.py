#!/usr/bin/env python3
"""Many captures in one process, against jc as a library, side by side in one run. The package is to be installed (`pip install ./host/python`),
and jc with it.

Usage: bulk.py [SECONDS]: how long each is measured. With Ray installed (`ray[data]`), 100,000 captures go over it as well.
"""

import gc
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import outparse

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0


def df(rows):
    lines = ["Filesystem          1K-blocks     Used Available Use% Mounted on\n"]
    for row in range(rows):
        lines.append(f"/dev/disk{row:<9} {1_000_000 + row * 7919 % 999_000_000:>10} {1000:>8} {999_000:>9} {row % 101:>3}% /mnt/volume/{row}\n")
    return "".join(lines)


def rate(work):
    """Calls a second."""
    work()
    calls, begin = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < SECONDS:
        for _ in range(10):
            work()
        calls += 10
    return calls / elapsed


def main():
    small, large = df(25).encode(), df(400_000).encode()
    ours = rate(lambda: outparse.parse("df", small))
    print(f"25 rows, one thread: {ours:,.0f} captures a second")

    def many(_):
        for _ in range(200):
            outparse.parse("df", small)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(many, range(4)))
        begin = time.perf_counter()
        list(pool.map(many, range(100)))
        both = 20_000 / (time.perf_counter() - begin)
    print(f"25 rows, two threads: {both:,.0f} captures a second, {both / ours:.2f} times one")
    try:
        import jc
    except ImportError:
        print("jc is not installed: nothing is compared")
    else:
        text = small.decode()
        theirs = rate(lambda: jc.parse("df", text))
        print(f"25 rows, jc as a library: {theirs:,.0f} captures a second: we are {ours / theirs:.1f} times as fast")
    begin = time.perf_counter()
    outparse.parse("df", large)
    print(f"{len(large) / 1e6:.0f} MB in one capture: {len(large) / 1e6 / (time.perf_counter() - begin):.0f} MB/s")

    with tempfile.TemporaryDirectory() as folder:
        for number in range(10_000):
            (Path(folder) / f"{number:05}").write_bytes(small)
        for threads in (1, 2):
            begin = time.perf_counter()
            scan = outparse.scan(folder, "df", threads=threads)
            rows = sum(1 for _ in stream(scan))
            seconds = time.perf_counter() - begin
            print(f"scan of 10,000 files, {threads} threads: {10_000 / seconds:,.0f} captures a second ({rows} batches)")

    over_ray(small)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(100_000):
        outparse.parse("df", small)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"100,000 sessions more: {grown} KiB more of memory at the most")
    begin = time.perf_counter()
    for _ in range(10):
        subprocess.run([sys.executable, "-c", "import outparse"], check=True)
    with_it = time.perf_counter() - begin
    begin = time.perf_counter()
    for _ in range(10):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    print(f"import outparse: {(with_it - (time.perf_counter() - begin)) * 100:.1f} ms")


def over_ray(small):
    """The same captures by the package alone and over Ray, on the cores of this machine, each writing shards of Parquet."""
    try:
        import ray

        import outparse.ray
    except ImportError:
        print("ray is not installed: nothing goes over a cluster")
        return
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    with tempfile.TemporaryDirectory() as folder:
        captures, count = Path(folder, "captures"), 100_000
        captures.mkdir()
        for number in range(count):
            (captures / f"{number:06}").write_bytes(small)
        files = outparse.ray._files(captures)
        parts = list(outparse.ray._parts(files, 5000))
        cores = os.cpu_count()
        with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(shard, [([file], folder) for file in files[:cores]]))
            begin = time.perf_counter()
            list(pool.map(shard, [(part, folder) for part in parts]))
            alone = time.perf_counter() - begin
        ray.init(num_cpus=cores, log_to_driver=False, logging_level="error")
        ray.data.DataContext.get_current().enable_progress_bars = False
        outparse.ray.parse(files[:cores], "df", output=Path(folder, "warm"), per_task=1)
        begin = time.perf_counter()
        done = outparse.ray.parse(captures, "df", output=Path(folder, "output"), per_task=5000)
        over = time.perf_counter() - begin
        ray.shutdown()
    assert done.parsed == count, done
    print(
        f"{count:,} files to Parquet on {cores} cores: {count / alone:,.0f} captures a second by processes of our own, "
        f"{count / over:,.0f} over Ray: {100 * (over / alone - 1):.0f} % longer"
    )


def shard(job):
    """What a task of Ray does, without Ray."""
    import pyarrow
    import pyarrow.parquet

    files, folder = job
    scan = outparse.scan(files, "df", threads=1)
    pyarrow.parquet.write_table(pyarrow.table(scan), Path(folder, f"alone-{os.path.basename(files[0])}.parquet"), compression="zstd")


def stream(scan):
    """The batches of a scan; without pyarrow, its rows."""
    try:
        import pyarrow
    except ImportError:
        return scan
    return pyarrow.RecordBatchReader.from_stream(scan)


if __name__ == "__main__":
    main()
