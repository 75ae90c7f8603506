#!/usr/bin/env python3
"""Measures `--hosts` against clush, pdsh and Ansible with jc's filter, on the same daemons of OpenSSH on loopback addresses.

usage: host/benches/hosts.py [--hosts N] [--rounds N] [--simulated N] [--program FILE]

Needs OpenSSH's server, clush and pdsh (tests/tools.sh installs them); ansible-core and jc come from PyPI into target/bench. Prints a
table. All ratios are of one run on one machine: absolute times mean nothing elsewhere.
"""
import argparse, os, resource, shutil, socket, statistics, subprocess, sys, tempfile, time, venv

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(ROOT, "target", "bench")
OUTPARSE = os.path.join(ROOT, "target", "release", "outparse")
PORT = 7733


def run(command, env=None, expected=(0,)):
    """Runs once; returns seconds, seconds of processor time with all children, and the peak of the process's own memory in MiB."""
    with open(os.devnull, "rb") as source, tempfile.TemporaryFile() as sink, tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=source, stdout=sink, stderr=errors, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in expected:
            errors.seek(0)
            sys.exit(f"{command[0]}: exit status {process.returncode}\n{errors.read().decode()[-2000:]}")
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Daemons:
    """Daemons on 127.88.0.0/16, and a client's configuration that knows them."""

    def __init__(self, folder, count):
        self.folder, self.running = folder, []
        for key in ("user", "host"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{key}"], check=True)
        with open(f"{folder}/host.pub") as public, open(f"{folder}/known", "w") as known:
            known.write("* " + public.read())
        os.makedirs("/run/sshd", exist_ok=True)
        # What the account's own shell does at its start, and with whatever is installed for it, is not what is measured.
        os.makedirs(f"{folder}/home")
        self.hosts = [f"h{number:03}" for number in range(count)]
        self.addresses = [f"127.88.{number // 250}.{number % 250 + 1}" for number in range(count)]
        with open(f"{folder}/config", "w") as config:
            for host, address in zip(self.hosts, self.addresses):
                config.write(f"Host {host}\n  HostName {address}\n  HostKeyAlias {host}\n")
            config.write(f"Host *\n  Port {PORT}\n  IdentityFile {folder}/user\n  IdentitiesOnly yes\n  IdentityAgent none\n"
                         f"  UserKnownHostsFile {folder}/known\n  BatchMode yes\n  LogLevel ERROR\n")
        for host, address in zip(self.hosts, self.addresses):
            with open(f"{folder}/{host}", "w") as config:
                config.write(f"ListenAddress {address}\nPort {PORT}\nHostKey {folder}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
                             f"AuthorizedKeysFile {folder}/user.pub\nMaxStartups 1000\nLogLevel QUIET\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n"
                             f"SetEnv HOME={folder}/home\n")
            self.running.append(subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", f"{folder}/{host}"], stdin=subprocess.DEVNULL))
        for address in self.addresses:
            self.wait(address)

    def wait(self, address):
        for _ in range(1000):
            try:
                socket.create_connection((address, PORT), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        sys.exit(f"no daemon at {address}")

    def hole(self, place):
        """Puts a machine that is gone in the place of a daemon: a queue that is full answers nobody."""
        self.running[place].kill()
        self.running[place].wait()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.addresses[place], PORT))
        listener.listen(0)
        full = [socket.socket() for _ in range(4)]
        for client in full:
            client.setblocking(False)
            client.connect_ex((self.addresses[place], PORT))
        return listener, full

    def end(self):
        for daemon in self.running:
            daemon.kill()
            daemon.wait()


class Table:
    """A table whose rows are printed as they are measured: all of them take a while."""

    def append(self, row):
        print("| {} | {} |".format(*row), flush=True)


def first_row(command):
    """Seconds until the first line is there; the rest is ended."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdout.readline()
    first = time.perf_counter() - begin
    process.terminate()
    process.stdout.read()
    process.wait()
    time.sleep(0.5)
    return first


def first_rows(daemons, ours, names, rounds, rows):
    """The first row while machines do not answer, beside what `ssh` alone needs for its first line: no row can come before that."""
    count = len(daemons.hosts)
    daemons.holes = {place: daemons.hole(place) for place in range(0, count, max(count // 10, 1))}
    alive = next(host for place, host in enumerate(daemons.hosts) if place not in daemons.holes)
    commands = {
        "`ssh` to one machine": ["ssh", "-F", f"{daemons.folder}/config", alive, "df", "-k"],
        "one machine": [alive if word == names else word for word in ours],
        f"{count} machines, {len(daemons.holes)} of which do not answer": ours,
    }
    seconds = {name: [] for name in commands}
    for _ in range(max(rounds, 5)):
        for name, command in commands.items():
            seconds[name].append(first_row(command))
    for name, times in seconds.items():
        rows.append((f"first row, {name}", f"{statistics.median(times) * 1000:.0f} ms ({min(times) * 1000:.0f}–{max(times) * 1000:.0f})"))


def holes_alone(daemons, ours, names, rows):
    """How much longer than the time for connecting it takes until all are given up, where no machine answers."""
    limit = 5
    for place in range(len(daemons.hosts)):
        if place not in daemons.holes:
            daemons.holes[place] = daemons.hole(place)
    for count in (1, len(daemons.hosts) // 4, len(daemons.hosts)):
        command = [f"{limit}s" if word == "30s" else ",".join(daemons.hosts[:count]) if word == names else word for word in ours]
        seconds, _, _ = run(command, expected=(123,))
        rows.append((f"none of {count} answers: longer than the time for connecting", f"{seconds - limit:.1f} s"))


# What a user of Ansible has in the place of `outparse --hosts`: records of all machines on the screen. The filter calls jc as the one of
# community.general does.
PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.command: df -k
      register: r
      changed_when: false
    - ansible.builtin.debug:
        msg: "{{ r.stdout | jc('df') }}"
"""
FILTER = """
import jc

class FilterModule:
    def filters(self):
        return {"jc": lambda text, parser: jc.parse(parser, text, quiet=True)}
"""


def ansible(folder):
    """The command line of Ansible on the inventory in a folder, installed below target/bench; None where that is not possible."""
    home = os.path.join(BENCH, "ansible")
    path = os.path.join(home, "bin", "ansible-playbook")
    if not os.path.exists(path):
        venv.create(home, with_pip=True)
        if subprocess.run([os.path.join(home, "bin", "pip"), "install", "--quiet", "ansible-core", "jc"]).returncode:
            return None
    os.makedirs(f"{folder}/filter_plugins")
    for name, text in ("play.yml", PLAY), ("filter_plugins/jc_filter.py", FILTER):
        with open(f"{folder}/{name}", "w") as out:
            out.write(text)
    return [path, "-i", f"{folder}/inventory", "-f", "32", "--ssh-common-args", f"-F {folder}/config", f"{folder}/play.yml"]


def live(program, count, rounds, rows):
    with tempfile.TemporaryDirectory(prefix="hosts-") as folder:
        daemons = Daemons(folder, count)
        try:
            config, names = f"{folder}/config", ",".join(daemons.hosts)
            ours = [program, "--hosts", names, "--ssh", f"ssh -F {config}", "-f", "jsonl", "--connect-timeout", "30s", "df", "-k"]
            peers = {
                "outparse": ours,
                "clush -f 32": ["clush", "-f", "32", "-o", f"-F {config}", "-w", names, "df", "-k"],
                "pdsh -f 32": ["pdsh", "-f", "32", "-R", "ssh", "-w", names, "df", "-k"],
            }
            env = {**os.environ, "PDSH_SSH_ARGS_APPEND": f"-F {config}"}
            seconds = {name: [] for name in peers if shutil.which(peers[name][0])}
            for _ in range(rounds):
                for name in seconds:
                    seconds[name].append(run(peers[name], env)[:2])
            wall = {name: statistics.median(time for time, _ in times) for name, times in seconds.items()}
            used = {name: statistics.median(time for _, time in times) for name, times in seconds.items()}
            for name in list(wall)[1:]:
                rows.append((f"`df -k` on {count} machines, wall time against `{name}`", f"{wall['outparse'] / wall[name]:.2f} ×"))
                extra = (used["outparse"] - used[name]) / count * 1000
                rows.append((f"processor time a machine above `{name}`'s", f"{extra:.1f} ms"))
            command = ansible(folder)
            if command:
                # It takes too long on all of them.
                few = daemons.hosts[:max(count // 10, 1)]
                with open(f"{folder}/inventory", "w") as out:
                    out.writelines(f"{host} ansible_python_interpreter=/usr/bin/python3\n" for host in few)
                theirs, theirs_used, _ = run(command, {**os.environ, "ANSIBLE_HOME": f"{folder}/ansible"})
                same = [word if word != names else ",".join(few) for word in ours]
                again, again_used, _ = run(same)
                rows.append((f"times as fast as Ansible's `command` with jc's filter, on {len(few)} machines", f"{theirs / again:.1f} × ({theirs:.1f} s to {again:.1f} s)"))
                rows.append((f"processor time a machine, on {len(few)} machines, and Ansible's", f"{again_used / len(few) * 1000:.0f} ms, {theirs_used / len(few) * 1000:.0f} ms"))
            first_rows(daemons, ours, names, rounds, rows)
            holes_alone(daemons, ours, names, rows)
        finally:
            daemons.end()


def simulated(program, count, rows):
    """Machines whose client is a local shell: what is measured is the program itself."""
    with tempfile.TemporaryDirectory(prefix="hosts-") as folder:
        lines = "".join(f"/dev/disk{row} {row}000 60 40 60% /mnt/{row}\n" for row in range(30))
        with open(f"{folder}/df", "w") as df:
            df.write(f"#!/bin/sh\ncat <<'END'\nFilesystem 1K-blocks Used Available Use% Mounted on\n{lines}END\n")
        with open(f"{folder}/client", "w") as client:
            client.write(f"#!/bin/sh\nPATH={folder}:$PATH exec sh\n")
        os.chmod(f"{folder}/df", 0o755)
        os.chmod(f"{folder}/client", 0o755)
        for number in (count // 10, count // 3, count):
            command = [program, "--hosts", f"h[1-{number}]", "--ssh", f"{folder}/client", "-f", "jsonl", "df", "-k"]
            seconds, used, memory = run(command)
            rows.append((f"{number} simulated machines × 30 rows", f"{memory:.0f} MiB, {seconds:.0f} s, {used / number * 1000:.1f} ms of processor time each"))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--hosts", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    options.add_argument("--simulated", type=int, default=10_000)
    options.add_argument("--program", default=OUTPARSE)
    options = options.parse_args()
    os.makedirs(BENCH, exist_ok=True)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    rows = Table()
    load = lambda: "load " + " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{load()} before, {os.cpu_count()} processors\n\n| what | |\n|---|---|", flush=True)
    live(options.program, options.hosts, options.rounds, rows)
    simulated(options.program, options.simulated, rows)
    print(f"\n{load()} after")


if __name__ == "__main__":
    main()
