"""The package as its users have it. Runs with the interpreter that it is installed for."""

import doctest
import io
import json
import multiprocessing
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import unittest
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import outparse

HERE = pathlib.Path(__file__).parent
HEADER = "Filesystem 1K-blocks Used Available Use% Mounted on\n"
DF = HEADER + "/dev/sda1 100 60 40 60% /\n/dev/sdb1 200 50 150 25% /srv\n"


def used(number):
    """For another process: what a capture says that has this number in it."""
    return outparse.parse("df", f"{HEADER}/dev/sda1 1000 {number} 40 60% /\n")[0]["used"]


class Records(unittest.TestCase):
    def test_are_a_list_of_dictionaries(self):
        records = outparse.parse("df", DF)
        self.assertEqual([row["used"] for row in records], [61440, 51200])
        self.assertEqual(records[-1]["mounted_on"], "/srv")
        self.assertEqual(records[::-1][0], records[1])
        self.assertEqual(len(records), 2)
        with self.assertRaises(IndexError):
            records[2]
        with self.assertRaises(TypeError):
            records["used"]
        self.assertEqual(records.problems, [])
        self.assertIsNone(records.status)
        self.assertEqual(records.plugin.name, "df-gnu")
        self.assertIn("2 records of df-gnu", repr(records))

    def test_arguments_and_platform_settle_what_looks_the_same(self):
        self.assertEqual(outparse.parse("df", "Filesystem 1M-blocks Used Available Use% Mounted on\n/dev/a 1 1 1 1% /\n")[0]["size"], 1 << 20)
        text = (HERE.parents[2] / "tests/seed/df-macos.txt").read_bytes()
        self.assertEqual(outparse.parse("df", text, arguments=["-h"], platform="macos").plugin.dialect, "bsd")

    def test_times_have_their_offsets_or_are_local(self):
        line = "-rw-r--r-- 1 root root 5 2026-01-31 12:00:00.123456789 +0100 a\n"
        row = outparse.parse("ls", line, arguments=["-l", "--time-style=full-iso"])[0]
        self.assertEqual(row["modified"], datetime(2026, 1, 31, 12, 0, 0, 123456, timezone(timedelta(hours=1))))
        line = "-rw-r--r-- 1 root root 5 2026-01-31 12:00 a\n"
        row = outparse.parse("ls", line, arguments=["-l", "--time-style=long-iso"])[0]
        self.assertEqual(row["modified"], datetime(2026, 1, 31, 12, 0))
        line = "-rw-r--r-- 1 root root 5 Jan 31 12:00 a\n"
        taken = datetime(2026, 2, 1, tzinfo=timezone.utc)
        row = outparse.parse("ls", line, arguments=["-l"], captured_at=taken)[0]
        self.assertEqual((row["modified"].year, row["modified"].month), (2026, 1))

    def test_a_file_is_named_by_its_path(self):
        self.assertEqual(outparse.parse("/etc/passwd", "a:x:1:2::/home/a:/bin/sh\n")[0]["uid"], 1)

    def test_bytes_text_and_buffers_are_captures(self):
        for data in (DF, DF.encode(), bytearray(DF.encode()), memoryview(DF.encode())):
            self.assertEqual(len(outparse.parse("df", data)), 2)


    def test_a_notebook_shows_the_first_as_a_table(self):
        html = outparse.parse("df", f"{HEADER}/<b>&\"x\" - 60 40 60% /\n")._repr_html_()
        self.assertIn("<th>filesystem</th><th>size</th>", html)
        self.assertIn("<td>/&lt;b&gt;&amp;&quot;x&quot;</td><td><i>None</i></td><td>61440</td>", html)
        self.assertIn("<p>1 record of df-gnu", html)
        html = outparse.parse("df", HEADER + "/dev/sda1 1000 500 40 60% /\n" * 1000 + "not a row\n")._repr_html_()
        self.assertEqual(html.count("<tr>"), 51)
        self.assertIn("<p>the first 50 of 1000 records of df-gnu 0.1.0, 1 problem</p>", html)


class Errors(unittest.TestCase):
    def test_say_where(self):
        with self.assertRaises(outparse.UnrecognisedError) as caught:
            outparse.parse("df", "garbage\n")
        self.assertEqual((caught.exception.line, caught.exception.plugin), (1, "df-gnu 0.1.0"))
        self.assertIn("garbage", caught.exception.excerpt)
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((type(again), str(again), again.line), (type(caught.exception), str(caught.exception), 1))

    def test_have_classes(self):
        with self.assertRaises(outparse.NoParserError):
            outparse.parse("no-such-command", "")
        with self.assertRaises(outparse.NoParserError):
            outparse.parse("df", DF, plugin="nobody")
        with self.assertRaises(FileNotFoundError):
            outparse.run(["df-that-is-not-there", "-k"], plugin="df-gnu")
        with self.assertRaises(TypeError):
            outparse.run("df -k")

    def test_a_plugin_that_is_none(self):
        with tempfile.NamedTemporaryFile(suffix=".wasm") as file:
            file.write(b"not a component")
            file.flush()
            with self.assertRaises(outparse.PluginError):
                outparse.parse("df", DF, plugin=file.name)


class Commands(unittest.TestCase):
    def test_run_to_their_ends(self):
        records = outparse.run(["df", "-k", "/"])
        self.assertEqual((len(records), records.status, records[0]["mounted_on"]), (1, 0, "/"))
        state = os.statvfs("/")
        self.assertEqual(records[0]["size"], state.f_blocks * state.f_frsize)

    def test_run_with_arguments_that_lose_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a file\nof two lines"
            path.write_bytes(b"12345")
            os.utime(path, ns=(0, 1_700_000_000_123_456_000))
            modified = datetime.fromtimestamp(1_700_000_000, timezone.utc) + timedelta(microseconds=123456)
            row = outparse.run(["ls", "-l", folder], exact=True)[0]
            self.assertEqual((row["name"], row["size"], row["modified"]), (path.name, 5, modified))
            with outparse.stream(["ls", "-l", folder], exact=True) as batches:
                self.assertEqual(next(batches)[0]["modified"], modified)
            self.assertNotEqual(outparse.run(["ls", "-l", folder])[0].get("modified"), modified)
        state = os.statvfs("/")
        self.assertEqual(outparse.run(["df", "-h", "/"], exact=True)[0]["size"], state.f_blocks * state.f_frsize)

    def test_give_records_while_they_run(self):
        with outparse.stream(["vmstat", "1", "100"]) as batches:
            begin = time.monotonic()
            self.assertGreater(len(next(batches)), 0)
            self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(list(batches), [])

    def test_a_timeout_ends_them(self):
        begin = time.monotonic()
        with self.assertRaises(TimeoutError):
            outparse.run(["vmstat", "1", "100"], timeout=1.5)
        self.assertLess(time.monotonic() - begin, 6)

    def test_ctrl_c_ends_them(self):
        # Who starts the tests may have ignored the signal for all of them.
        code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        code += "import outparse; outparse.run(['vmstat', '1', '100'])"
        child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, start_new_session=True)
        self.addCleanup(child.kill)
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=10)
        self.assertIn(b"KeyboardInterrupt", errors)


class Processes(unittest.TestCase):
    def test_threads_do_not_wait_for_each_other_s_captures(self):
        with ThreadPoolExecutor(100) as pool:
            self.assertEqual(list(pool.map(used, range(1000))), [number * 1024 for number in range(1000)])

    def test_the_interpreter_is_free_while_a_capture_is_parsed(self):
        capture = HEADER + "/dev/sda1 1000 500 40 60% /\n" * 400_000
        ticks = []
        parsing = threading.Thread(target=lambda: outparse.parse("df", capture))
        parsing.start()
        while parsing.is_alive():
            ticks.append(time.monotonic())
            time.sleep(0.001)
        self.assertGreater(len(ticks), 5)

    def test_processes_are_forked_and_spawned(self):
        self.assertEqual(used(1), 1024)
        for how in ("fork", "spawn", "forkserver"):
            with multiprocessing.get_context(how).Pool(2) as pool:
                self.assertEqual(pool.map(used, range(20)), [number * 1024 for number in range(20)], how)
            with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(how)) as pool:
                self.assertEqual(list(pool.map(used, range(20))), [number * 1024 for number in range(20)], how)

    def test_a_process_may_be_forked_while_threads_parse(self):
        done = threading.Event()

        def parse():
            while not done.is_set():
                used(1)

        threads = [threading.Thread(target=parse) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for number in range(60):
                child = os.fork()
                if child == 0:
                    # What a thread had locked when the process was forked stays locked in the child for ever.
                    signal.alarm(30)
                    os._exit(0 if used(number) == number * 1024 else 1)
                self.assertEqual(os.waitpid(child, 0)[1], 0, f"child {number}: 14 is a child that hung")
        finally:
            done.set()
            for thread in threads:
                thread.join()


class Scans(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        for number in range(300):
            (self.path / f"{number:03}.txt").write_text(f"{HEADER}/dev/sda1 1000 {number} 40 60% /\n")
        (self.path / "notes").write_text("not a capture\n")

    def test_are_one_table_row_by_row(self):
        scan = outparse.scan(self.path, ["df", "-k"])
        rows = list(scan)
        self.assertEqual([row["used"] for row in rows], [number * 1024 for number in range(300)])
        self.assertEqual(rows[0]["capture"]["path"], str(self.path / "000.txt"))
        self.assertEqual((rows[0]["capture"]["command"], rows[0]["capture"]["arguments"]), ("df", ["-k"]))
        self.assertEqual(scan.counts, (301, 300, 300, 1))
        [problem] = scan.problems
        self.assertEqual((problem["fault"], problem["capture"]["path"]), ("unrecognised", str(self.path / "notes")))

    def test_captures_may_be_at_hand(self):
        scan = outparse.scan([("a", DF.encode()), ("b", b"nothing of it\n"), self.path / "001.txt"], "df")
        rows = [(pathlib.Path(row["capture"]["path"]).name, row["used"]) for row in scan]
        self.assertEqual(rows, [("001.txt", 1024), ("a", 61440), ("a", 51200)])
        self.assertEqual([problem["capture"]["path"] for problem in scan.problems], ["b"])
        self.assertEqual(scan.counts, (3, 2, 3, 1))

    def test_are_read_once(self):
        import pyarrow

        scan = outparse.scan(str(self.path / "*.txt"), "df")
        self.assertEqual(pyarrow.table(scan).num_rows, 300)
        with self.assertRaises(ValueError):
            pyarrow.table(scan)

    def test_wrong_ones_are_refused_at_once(self):
        with self.assertRaises(outparse.UsageError):
            outparse.scan(self.path / "nowhere", "df")


class Bundles(unittest.TestCase):
    """What `sos report` makes: a manifest behind the outputs of commands."""

    ROWS = 40_000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        ps = "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n"
        ps += "".join(f"root {number} 0.0 0.0 1 1 ? S 10:00 0:00 /bin/{number}\n" for number in range(1, 4))
        for host, rows in (("web1", self.ROWS), ("db1", self.ROWS), ("db2", 3)):
            df = HEADER + "".join(f"/dev/sda1 1000000 {number} 40 60% /\n" for number in range(rows))
            self.bundle(host, {("df", "-al"): df, ("df", "-ali"): "not of df\n", ("ps", "auxwww"): ps, ("uptime",): "no\n"})

    def bundle(self, host, captures):
        entries = [
            {"command": words[0], "parameters": list(words[1:]), "filepath": f"sos_commands/x/{'_'.join(words)}"} for words in captures
        ]
        manifest = {"start_time": "2026-11-28 22:57:36.5", "components": {"report": {"plugins": {"x": {"commands": entries}}}}}
        members = {f"sos_commands/x/{'_'.join(words)}": text for words, text in captures.items()}
        with tarfile.open(self.folder / f"{host}.tar", "w") as archive:
            for name, text in {"etc/hostname": host, **members, "sos_reports/manifest.json": json.dumps(manifest)}.items():
                member = tarfile.TarInfo(f"sosreport-{host}/{name}")
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text.encode()))

    def test_one_pass_gives_what_a_pass_for_each_table_gives(self):
        commands = ["df", "df -al", "ps auxwww", "rpm -qa", "uptime"]
        told = {}
        for command in commands:
            scan = outparse.sos(str(self.folder / "*.tar"), [command])[command]
            told[command] = (list(scan), list(scan.problems), scan.counts)
        self.assertEqual(told["df -al"][2], (3, 3, 2 * self.ROWS + 3, 0))
        self.assertEqual((len(told["ps auxwww"][0]), told["rpm -qa"][2], told["uptime"][2][:2]), (9, (0, 0, 0, 0), (3, 0)))
        self.assertEqual({row["capture"]["host"] for row in told["df"][0]}, {"web1", "db1", "db2"})
        # The first that is read moves the pass on; of the others more comes meanwhile than is kept in memory.
        for order in (commands, commands[::-1]):
            scans = outparse.sos(str(self.folder / "*.tar"), commands)
            self.assertEqual(list(scans), commands)
            for command in order:
                rows = list(scans[command])
                self.assertEqual((rows, list(scans[command].problems), scans[command].counts), told[command], command)

    def test_threads_may_read_a_table_each(self):
        scans = outparse.sos(str(self.folder / "*.tar"), ["df", "ps", "df -al"])
        with ThreadPoolExecutor(3) as pool:
            found = dict(zip(scans, pool.map(lambda scan: sum(1 for _ in scan), scans.values())))
        self.assertEqual(found, {"df": 2 * self.ROWS + 3, "ps": 9, "df -al": 2 * self.ROWS + 3})

    def test_a_table_that_nobody_reads_costs_nothing(self):
        scans = outparse.sos(str(self.folder / "*.tar"), ["df", "ps"])
        del scans["df"]
        self.assertEqual(len(list(scans["ps"])), 9)

    def test_what_cannot_be_kept_is_an_error_where_it_is_missing(self):
        code = "import sys, outparse; scans = outparse.sos(sys.argv[1], ['ps', 'df']); print(len(list(scans['ps'])), flush=True)\n"
        code += "print(len(list(scans['df'])))"
        gone = {**os.environ, "TMPDIR": str(self.folder / "gone")}
        ran = subprocess.run([sys.executable, "-c", code, str(self.folder / "*.tar")], env=gone, capture_output=True, text=True)
        self.assertEqual((ran.returncode, ran.stdout), (1, "9\n"), ran)
        self.assertIn("keeping records of a table in a temporary file", ran.stderr)


class Frames(unittest.TestCase):
    def test_other_engines_give_batches(self):
        import pyarrow

        batch = pyarrow.record_batch({"path": ["a", "b"], "content": [DF.encode(), DF.encode()]})
        captures = zip(batch.column("path").to_pylist(), batch.column("content").to_pylist())
        batches = list(pyarrow.RecordBatchReader.from_stream(outparse.scan(captures, "df -k", threads=1)))
        self.assertEqual(sum(batch.num_rows for batch in batches), 4)

    def test_read_records_as_they_are(self):
        import duckdb
        import polars
        import pyarrow

        records = outparse.parse("df", DF)
        table = pyarrow.table(records)
        self.assertEqual(table.column("used").to_pylist(), [61440, 51200])
        self.assertEqual(table.schema.field("used").metadata[b"unit"], b"bytes")
        self.assertEqual(polars.DataFrame(records)["mounted_on"].to_list(), ["/", "/srv"])
        self.assertEqual(duckdb.sql("select sum(used) from records").fetchall(), [(112640,)])
        scan = outparse.scan(str(HERE), "df", members="nothing")
        self.assertGreaterEqual(polars.DataFrame(scan).width, 7)


def load_tests(loader, tests, ignore):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    tests.addTests(doctest.DocTestSuite(outparse, extraglobs={"outparse": outparse}, optionflags=flags))
    tests.addTests(doctest.DocFileSuite("../README.md", optionflags=flags))
    return tests


if __name__ == "__main__":
    unittest.main()
