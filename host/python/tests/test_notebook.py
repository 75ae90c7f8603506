"""The package in a notebook: a real kernel, which has an event loop that runs, and which is interrupted."""

import asyncio
import pathlib
import tempfile
import threading
import time
import unittest

import nbformat
from nbclient import NotebookClient

CAPTURE = "Filesystem 1K-blocks Used Available Use% Mounted on\\n/dev/sda1 100 60 40 60% /\\n"
BEGIN = f"""
import asyncio, outparse, pathlib
capture = "{CAPTURE}"
"""


class Notebooks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def executed(self, *cells, interrupted=False):
        """What each cell has shown, after a first one that imports."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (BEGIN, *cells)])
        client = NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=interrupted)
        client.resources["metadata"] = {"path": str(self.folder)}
        if interrupted:
            threading.Thread(target=self.interrupt, args=(client,), daemon=True).start()
        client.execute()
        return [cell.outputs for cell in notebook.cells[1:]]

    def interrupt(self, client):
        """Does what the button does, once a cell says that it has begun."""
        while not (self.folder / "begun").exists():
            time.sleep(0.05)
        time.sleep(0.5)
        asyncio.run(client.km.interrupt_kernel())

    def test_records_are_shown_as_a_table(self):
        [[shown]] = self.executed("outparse.parse('df', capture)")
        self.assertIn("1 record of df-gnu", shown["data"]["text/plain"])
        self.assertIn("<td>/dev/sda1</td>", shown["data"]["text/html"])

    def test_the_event_loop_that_runs_is_no_hindrance(self):
        *_, [shown] = self.executed(
            "asyncio.get_running_loop()",
            "outparse.run(['df', '-k', '/'])[0]['mounted_on'], sum(map(len, outparse.stream(['df', '-k', '/'])))",
            "found = await asyncio.gather(*(asyncio.to_thread(outparse.parse, 'df', capture) for _ in range(20)))\n"
            "[records[0]['used'] for records in found] == [61440] * 20",
        )
        self.assertEqual(shown["data"]["text/plain"], "True")

    def test_an_interrupt_ends_what_runs_and_the_kernel_goes_on(self):
        begun = "pathlib.Path('begun').touch()\n"
        large = "large = capture + '/dev/sda1 100 60 40 60% /\\n' * 6_000_000"
        works = {
            "a command": "outparse.run(['vmstat', '1', '100'])",
            "a stream": "for batch in outparse.stream(['vmstat', '1', '100']): pass",
            "a capture": "outparse.parse('df', large)",
        }
        for name, work in works.items():
            with self.subTest(name):
                begin = time.monotonic()
                _, outputs, [after] = self.executed(large, begun + work, "outparse.parse('df', capture)[0]['used']", interrupted=True)
                self.assertEqual([output.get("ename") for output in outputs], ["KeyboardInterrupt"])
                self.assertEqual(after["data"]["text/plain"], "61440")
                self.assertLess(time.monotonic() - begin, 60)
                (self.folder / "begun").unlink()


if __name__ == "__main__":
    unittest.main()
