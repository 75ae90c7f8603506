"""Holds what a catalogue answers in the sandbox against what its package answers by itself, in the Python that runs this.

usage: same.py jc|ntc-templates OUTPARSE CAPTURES...

For jc, each folder of captures is one of this workspace (`command` and `output` in a folder a case), or holds `<key>/<platform>/<case>.out`.
Every capture goes through all parsers of the package that are for its program. For ntc-templates the captures are made here: lines that
a template's own rules match, and the command that the index has for it.

Prints one line for each difference, and last how many captures were the same, and how many of them gave records. Exit status 1 where
any differed, or where there was nothing to compare.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.update(TZ="UTC", LC_ALL="C")


def outparse(program: str, plugin: str, words: list[str], data: bytes, *options: str):
    """What comes of a capture in the sandbox: records, or why there are none."""
    command = [program, "parse", "--format", "jsonl", "--plugin", plugin, *options, *words]
    ran = subprocess.run(command, input=data, capture_output=True, timeout=300)
    if ran.returncode != 0:
        return ran.stderr.decode("utf-8", "replace").splitlines()[:2]
    return ran.stdout.decode("utf-8", "surrogateescape").splitlines()


def lines(records: list) -> list[str]:
    """Records as they are written."""
    written = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records)
    # Bytes that are no UTF-8 are written as this program writes them.
    return [re.sub("[\udc80-\udcff]", lambda byte: f"\\\\x{ord(byte[0]) - 0xDC00:02x}", line) for line in written]


def same(ours: list[str], theirs: list[str]) -> bool:
    """Whether the records are the same: by their bytes, but for how a number is spelled."""
    if ours == theirs:
        return True
    try:
        return len(ours) == len(theirs) and all(exact(one) == exact(other) for one, other in zip(ours, theirs))
    except json.JSONDecodeError:
        return False


def exact(line: str):
    """A record with the order of its keys, and the types of its numbers."""
    return json.loads(line, object_pairs_hook=lambda pairs: ("object", pairs), parse_float=lambda text: ("float", float(text)))


class Jc:
    """The parsers of jc."""

    def __init__(self):
        import jc.lib

        self.lib = jc.lib
        self.abouts = jc.lib.all_parser_info(show_hidden=True, show_deprecated=True)

    def for_program(self, name: str) -> list[str]:
        """The parsers that are for a program, or are called as it is."""
        plain = name.replace("-", "_")
        found = []
        for about in self.abouts:
            programs = {form.split()[0] for form in about.get("magic_commands", [])}
            if name in programs or about["name"] == plain or about["name"].startswith(plain + "_") or plain.startswith(about["name"] + "_"):
                found.append(about["name"])
        return found

    def captures(self, folders: list[str]):
        for folder in map(Path, folders):
            for output in sorted(folder.glob("**/fixtures/*/*/output")):
                command = output.with_name("command")
                if command.exists() and (words := command.read_text().split("\n")[0:1]) and words[0]:
                    yield os.path.basename(words[0]), output
            for output in sorted(folder.glob("*/*/*.out")):
                yield output.parent.parent.name, output

    def trials(self, folders: list[str]):
        for program, output in self.captures(folders):
            data = output.read_bytes()
            for name in self.for_program(program):
                yield f"{name} of {output}", f"jc/{name}-jc", [program], data, [], (name, data)

    def native(self, of) -> "list[str] | None":
        name, data = of
        about = next(about for about in self.abouts if about["name"] == name)
        text = data.decode("utf-8", "surrogateescape")
        if "binary" in about.get("tags", []) and not text.isprintable() and text != data.decode("utf-8", "replace"):
            text = data
        try:
            found = self.lib.parse(name, text.splitlines() if about.get("streaming") and isinstance(text, str) else text, quiet=True)
            records = [found] if isinstance(found, dict) else list(found)
        except Exception:
            return None
        return lines([] if records == [{}] else [one if is_record(one) else {"value": one} for one in records])


def is_record(found) -> bool:
    """Whether all keys can be names of fields: what has a nameless one becomes a single value."""
    return isinstance(found, dict) and bool(found) and all(key and key.isprintable() and len(key.encode()) <= 200 for key in found)


class TooSlow(Exception):
    """Lines made at random can take a regular expression to no end."""


def too_slow(*_):
    raise TooSlow


LONGEST, SLOW = 0.2, ["too slow"]
signal.signal(signal.SIGALRM, too_slow)


class Generator:
    """Text that a regular expression matches."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def matching(self, pattern, tries: int = 30) -> "str | None":
        tree = re._parser.parse(pattern.pattern)
        for _ in range(tries):
            self.groups = {}
            text = self.sequence(tree)
            if pattern.match(text) and "\n" not in text and "\r" not in text:
                return text
        return None

    def sequence(self, tree) -> str:
        return "".join(self.node(str(kind), what) for kind, what in tree)

    def node(self, kind: str, what) -> str:
        if kind == "LITERAL":
            return chr(what)
        if kind == "NOT_LITERAL":
            return self.random.choice([one for one in "aZ3 " if ord(one) != what])
        if kind == "ANY":
            return self.random.choice("abc XYZ019./:-")
        if kind == "IN":
            return self.one_of(what)
        if kind == "BRANCH":
            return self.sequence(self.random.choice(what[1]))
        if kind in ("SUBPATTERN", "ATOMIC_GROUP"):
            text = self.sequence(what[-1] if kind == "SUBPATTERN" else what)
            if kind == "SUBPATTERN" and what[0]:
                self.groups[what[0]] = text
            return text
        if kind.endswith("REPEAT"):
            least, most, inner = what
            times = self.random.randint(least, min(int(most), least + 3))
            return "".join(self.sequence(inner) for _ in range(times))
        if kind == "GROUPREF":
            return self.groups.get(what, "")
        return ""

    def one_of(self, choices) -> str:
        negated = str(choices[0][0]) == "NEGATE"
        sample = "0123456789abcdefABCDEFxyz.:/-_ ()[],%\"'#*+<>|=@!&$;?\\{}^~`\t"
        allowed = [one for one in sample if any(map(lambda choice: self.is_in(one, choice), choices[negated:])) != negated]
        if not allowed:
            kind, what = choices[0]
            return chr(what if str(kind) == "LITERAL" else what[0])
        return self.random.choice(allowed)

    def is_in(self, one: str, choice) -> bool:
        kind, what = str(choice[0]), choice[1]
        if kind == "LITERAL":
            return ord(one) == what
        if kind == "RANGE":
            return what[0] <= ord(one) <= what[1]
        sort = str(what).removeprefix("CATEGORY_")
        found = {"DIGIT": one.isdigit(), "SPACE": one.isspace(), "WORD": one.isalnum() or one == "_"}[sort.removeprefix("NOT_")]
        return found != sort.startswith("NOT_")


class Ntc:
    """The templates of ntc-templates."""

    plugin = "ntc-templates"
    # Its pattern takes any word that begins with `ls`, and a command here is a word.
    left_out = {"oneaccess_oneos_ls.textfsm"}

    def __init__(self):
        import ntc_templates.parse
        import textfsm

        self.parse, self.textfsm = ntc_templates.parse, textfsm
        self.folder = Path(ntc_templates.parse._get_template_dir())
        self.index = self.textfsm.clitable.CliTable("index", str(self.folder)).index

    def trials(self, _):
        generator = Generator(20)
        for row in self.index.index:
            command = self.typed(generator, row["Command"])
            platform = row["Platform"].replace(".*", "").replace("(hp|aruba)", "hp")
            if command is None or row["Template"] in self.left_out or self.index.GetRowMatch({"Command": command, "Platform": platform}) != row.row:
                # Another row answers for what this one would.
                continue
            data = self.made(generator, row["Template"].split(":")[0])
            options = ["--platform", platform]
            yield row["Template"], self.plugin, command.split(), data.encode(), options, (platform, command, data)

    def typed(self, generator: Generator, pattern: str) -> "str | None":
        """A command that a row of the index is for, its words shortened at random."""
        text = " ".join((generator.matching(re.compile(pattern)) or "").split())
        usual = all(word.isprintable() and not word.startswith("-") for word in text.split())
        return text if text and usual and re.match(pattern, text) else None

    def made(self, generator: Generator, template: str) -> str:
        """Lines that the rules of a template match, on their way through its states."""
        with open(self.folder / template, encoding="utf-8") as text:
            machine = self.textfsm.TextFSM(text)
        state, made = "Start", []
        for _ in range(12):
            rules = [rule for rule in machine.states[state] if rule.line_op != "Error"]
            if not rules:
                break
            rule = generator.random.choice(rules)
            line = generator.matching(rule.regex_obj)
            if line is None:
                continue
            made.append(line)
            # What the machine does with it, which an earlier rule may decide.
            for first in machine.states[state]:
                if first.regex_obj.match(line):
                    state = first.new_state if first.new_state in machine.states else state
                    break
        return "\n".join(made) + "\n"

    def native(self, of) -> "list[str] | None":
        platform, command, data = of
        try:
            signal.setitimer(signal.ITIMER_REAL, LONGEST)
            return lines(self.parse.parse_output(platform=platform, command=command, data=data))
        except TooSlow:
            return SLOW
        except Exception:
            return None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> int:
    catalogue = {"jc": Jc, "ntc-templates": Ntc}[sys.argv[1]]()
    program, folders = sys.argv[2], sys.argv[3:]
    begun = time.monotonic()
    trials = list(catalogue.trials(folders))
    # The package keeps state in its modules: one capture after the other.
    native = [catalogue.native(of) for *_, of in trials]
    trials, native = zip(*((trial, answer) for trial, answer in zip(trials, native) if answer is not SLOW))
    print(f"{time.monotonic() - begun:.0f} s for the package itself", file=sys.stderr)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda trial: outparse(program, trial[1], trial[2], trial[3], *trial[4]), trials))
    equal = full = refused = 0
    for (name, *_), theirs, ours in zip(trials, native, answers):
        failed = bool(ours) and ours[0].startswith("outparse: ")
        if theirs is None and failed:
            refused += 1
        elif theirs is not None and not failed and same(ours, theirs):
            equal += 1
            full += bool(theirs)
        else:
            short = [str(one)[:400] for one in (theirs, ours)]
            print(f"{name}\n  native  {short[0]}\n  sandbox {short[1]}")
    print(f"{len(trials)} captures: {equal} the same, {full} of them with records; both fail on {refused}; {len(trials) - equal - refused} differ")
    return 0 if full and equal + refused == len(trials) else 1


sys.exit(main())
