"""Captures over a cluster of two machines, both of them this one, of which now and then something dies."""

import os
import pathlib
import re
import shutil
import signal
import tempfile
import threading
import time
import unittest

os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_DEDUP_LOGS="0", RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0")

import pyarrow
import pyarrow.parquet
import ray
from ray.cluster_utils import Cluster

import outparse
import outparse.ray

HEADER = "Filesystem 1K-blocks Used Available Use% Mounted on\n"
CAPTURES = 240
PER_TASK = 10
POISON = 17


def slowly():
    """Has a worker take its time, so that something can happen meanwhile."""
    import outparse.ray

    put = outparse.ray._put
    outparse.ray._put = lambda table, path: (time.sleep(0.15), put(table, path))[1]


def dies_once():
    """Has the first worker that wrote a shard die before it says so."""
    import outparse.ray

    put = outparse.ray._put

    def put_and_die(table, path):
        put(table, path)
        if os.path.basename(path).startswith("records-"):
            try:
                os.close(os.open(os.environ["DIED"], os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)

    outparse.ray._put = put_and_die


class OverACluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Paths of sockets are short.
        cls.folder = tempfile.TemporaryDirectory(prefix="op", dir="/tmp")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = pathlib.Path(cls.folder.name)
        (cls.path / "captures").mkdir()
        for number in range(CAPTURES):
            text = f"{HEADER}/dev/sda1 1000 {number} 40 60% /\n/dev/sdb1 1000 7 40 60% /srv\n"
            (cls.path / f"captures/{number:04}").write_text("poison\n" if number == POISON else text)
        memory = 100 << 20
        cls.cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": memory})
        cls.addClassCleanup(cls.cluster.shutdown)
        cls.node = cls.cluster.add_node(num_cpus=2, object_store_memory=memory)
        cls.undisturbed = cls.path / "undisturbed"
        with cls.joined():
            cls.done = cls.parse(cls.undisturbed)

    @classmethod
    def joined(cls, **runtime):
        """This process as one that asks the cluster."""
        context = ray.init(address=cls.cluster.address, runtime_env=runtime or None, log_to_driver=False, logging_level="error")
        ray.data.DataContext.get_current().enable_progress_bars = False
        return context

    @classmethod
    def parse(cls, output, **options):
        return outparse.ray.parse(cls.path / "captures", "df -k", output=output, per_task=PER_TASK, **options)

    def assert_the_same(self, output, done):
        names = sorted(os.listdir(self.undisturbed))
        self.assertEqual(sorted(os.listdir(output)), names)
        for name in names:
            self.assertEqual((output / name).read_bytes(), (self.undisturbed / name).read_bytes(), name)
        self.assertEqual(done.shards, self.done.shards)

    def test_each_capture_is_accounted_for(self):
        done = self.done
        self.assertEqual(len(done.shards), CAPTURES // PER_TASK)
        self.assertEqual((done.captures, done.parsed, done.records, done.problems), (CAPTURES, CAPTURES - 1, 2 * CAPTURES - 2, 1))
        table = pyarrow.concat_tables(pyarrow.parquet.read_table(file) for file in done.files)
        scanned = pyarrow.table(outparse.scan(self.path / "captures", "df -k"))
        self.assertEqual(table.to_pylist(), scanned.to_pylist())
        problems = pyarrow.concat_tables(
            pyarrow.parquet.read_table(self.undisturbed / f"problems-{shard.name}.parquet") for shard in done.shards
        ).to_pylist()
        self.assertEqual([problem["fault"] for problem in problems], ["unrecognised"])
        self.assertTrue(problems[0]["capture"]["path"].endswith(f"/{POISON:04}"))

    def test_a_run_again_replaces_its_shards(self):
        with self.joined():
            self.assert_the_same(self.undisturbed, self.parse(self.undisturbed))

    def test_a_worker_dies_between_writing_and_saying_so(self):
        output, died = self.path / "died", self.path / "marker"
        with self.joined(worker_process_setup_hook=dies_once, env_vars={"DIED": str(died)}):
            done = self.parse(output)
        self.assertTrue(died.exists(), "nothing died")
        self.assert_the_same(output, done)

    def test_a_machine_is_lost(self):
        output = self.path / "lost"
        lost = []

        def lose():
            while len(list(output.glob("records-*.parquet"))) < 4:
                time.sleep(0.02)
            lost.append(len(list(output.glob("records-*.parquet"))))
            self.cluster.remove_node(self.node, allow_graceful=False)

        losing = threading.Thread(target=lose)
        try:
            with self.joined(worker_process_setup_hook=slowly):
                losing.start()
                done = self.parse(output)
                losing.join()
        finally:
            type(self).node = self.cluster.add_node(num_cpus=2, object_store_memory=100 << 20)
        self.assertLess(lost[0], CAPTURES // PER_TASK, "all was done before")
        for part in output.glob("*.part"):
            # What was being written when the machine was lost.
            part.unlink()
        self.assert_the_same(output, done)

    def test_a_machine_with_other_parsers_is_refused(self):
        config = self.path / "config/outparse"
        config.mkdir(parents=True)
        (config / "config.toml").write_text('[parsers]\ndf = "bsd"\n')
        with self.joined(env_vars={"XDG_CONFIG_HOME": str(config.parent)}):
            with self.assertRaises(Exception) as caught:
                self.parse(self.path / "other")
        self.assertIn("has other parsers than the machine that asked", str(caught.exception))
        self.assertEqual(list((self.path / "other").glob("*")), [])

    def other_version(self):
        """A folder with a later version of the package, in which each parser is another one."""
        site = self.path / "site"
        shutil.copytree(pathlib.Path(outparse.__file__).parent, site / "outparse")
        native = site / "outparse/_native.abi3.so"
        built, count = re.subn(rb"[0-9a-f]{64}", lambda digest: digest[0][::-1], native.read_bytes())
        self.assertGreater(count, 50, "the digests of the parsers are not in it")
        native.write_bytes(built)
        with open(site / "outparse/__init__.py", "a") as init:
            init.write('\n__version__ = "99.0"\n')
        return site

    def test_of_two_workers_the_one_with_another_version_is_refused(self):
        later = {"env_vars": {"PYTHONPATH": str(self.other_version())}}
        output = self.path / "versions"
        output.mkdir()
        digest = outparse._native.digest(["df", "-k"], None, None, None)
        options = outparse.ray._Options(["df", "-k"], None, None, None, None, [], digest, outparse.__version__)
        batches = [pyarrow.table({"paths": [[str(self.path / f"captures/{number:04}")]], "place": [number]}) for number in (0, 1)]
        with self.joined():
            write = ray.remote(outparse.ray._write)
            same = write.remote(batches[0], options, "bytes", "path", str(output))
            other = write.options(runtime_env=later, max_retries=0).remote(batches[1], options, "bytes", "path", str(output))
            self.assertEqual(ray.get(same)["records"].to_pylist(), [2])
            with self.assertRaises(outparse.PluginError) as caught:
                ray.get(other)
            self.assertIn("has other parsers than the machine that asked: outparse 99.0 is there, and outparse ", str(caught.exception))
        self.assertEqual(len(list(output.glob("*"))), 2, "of the one that was refused, nothing is written")

    def test_a_dataset_of_captures_becomes_one_of_records(self):
        with self.joined():
            files = ray.data.read_binary_files(str(self.path / "captures"), include_paths=True)
            records = outparse.ray.parse(files, command="df")
            self.assertEqual(records.sum("used"), sum(1024 * (number + 7) for number in range(CAPTURES) if number != POISON))
            problems = outparse.ray.parse(files, command="df", problems=True).take_all()
            self.assertEqual([problem["fault"] for problem in problems], ["unrecognised"])
            output = self.path / "dataset"
            done = outparse.ray.parse(files, "df -k", output=output)
            self.assertEqual((done.captures, done.records), (CAPTURES, 2 * CAPTURES - 2))

    def test_a_file_that_is_gone_is_told(self):
        missing = str(self.path / "gone")
        with self.joined():
            shards = ray.data.from_items([{"paths": [missing], "place": 0}])
            options = outparse.ray._Options(["df"], None, None, None, None, [], outparse._native.digest(["df"], None, None, None), "")
            found = shards.map_batches(
                outparse.ray._write, fn_args=(options, "bytes", "path", str(self.path)), batch_format="pyarrow"
            ).take_all()
        self.assertEqual((found[0]["captures"], found[0]["parsed"], found[0]["problems"]), (1, 0, 1))


if __name__ == "__main__":
    unittest.main()
