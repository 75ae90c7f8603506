# Copyright: (c) 2026, The outparse authors
# SPDX-License-Identifier: MIT OR Apache-2.0

"""Runs a command over the connection, as `raw` does, and parses what it prints on the controller.

The machine needs a POSIX `sh` and nothing else. The shell reads a script from its input: nothing of the command is on a command line there,
and no terminal is asked for. The script, which is the program's own, says what the machine is and marks where the output begins and ends
with a number that was drawn for this one task, so that nothing else that is printed there can be taken for it.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta, timezone

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.text.converters import to_bytes
from ansible.plugins.action import ActionBase

from ansible_collections.outparse.core.plugins.plugin_utils import outparse

ARGUMENTS = {
    "cmd": {"type": "str"},
    "argv": {"type": "list", "elements": "str"},
    "chdir": {"type": "path"},
    "locale": {"type": "str", "default": "C"},
    "platform": {"type": "str"},
    "plugin": {"type": "str"},
    "kind": {"type": "str"},
    "fields": {"type": "list", "elements": "str"},
    "where": {"type": "str"},
    "sort": {"type": "list", "elements": "str"},
    "limit": {"type": "int"},
    "strict": {"type": "bool", "default": False},
    "program": {"type": "path"},
}


class Answer:
    """What a machine printed, taken apart. Bytes all along: what a command prints need not be text."""

    def __init__(self, printed, mark):
        self.noise, begun, rest = printed.partition(mark + b" begin\n")
        self.begun = bool(begun)
        header, output, rest = rest.partition(mark + b" output\n")
        # None where the command was not begun.
        self.output = rest if output else None
        self.status = None
        self.header = dict(line.split(" ", 1) for line in header.decode("utf-8", "replace").splitlines() if " " in line)
        if output:
            before, end, status = rest.partition(mark + b" end ")
            digits = status.split(b"\n", 1)
            if end and len(digits) == 2 and digits[0].isdigit():
                self.output, self.status = before, int(digits[0])

    @property
    def whole_lines(self):
        """The output without a line that broke off."""
        if self.status is not None or self.output is None:
            return self.output
        return self.output[: self.output.rfind(b"\n") + 1]

    @property
    def implementation(self):
        """The program that the command is, where its name leads to another one."""
        name, led = (self.header.get(key, "").strip().rsplit("/", 1)[-1] for key in ("program", "file"))
        return led if led and led != name else None

    @property
    def time(self):
        """When it ran, by the machine's own clock, with the offset there."""
        seconds, dummy, offset = self.header.get("time", "").partition(" ")
        try:
            sign = {"+": 1, "-": -1}[offset[:1]]
            zone = timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5])))
            return datetime.fromtimestamp(int(seconds), zone).isoformat()
        except (KeyError, ValueError, OverflowError, OSError):
            return None


class ActionModule(ActionBase):
    """The action behind the module `outparse.core.command`."""

    TRANSFERS_FILES = False
    _supports_check_mode = False
    _supports_async = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        del tmp  # what Ansible passes here is not used any more
        dummy, given = self.validate_argument_spec(
            ARGUMENTS, mutually_exclusive=[("cmd", "argv")], required_one_of=[("cmd", "argv")]
        )
        argv = self._argv(given)
        given["program"] = given["program"] or self._templar.template((task_vars or {}).get("outparse_program"))
        try:
            # What could be known before must not cost a run.
            given["program"] = outparse.find(given["program"])
            outparse.check(argv, given)
        except outparse.ParsingFailed as error:
            raise AnsibleActionFail(str(error)) from error

        answer, said = self._ask(argv, given)
        result.update(changed=True, cmd=argv, stderr=said, stderr_lines=said.splitlines())
        self._account(result, answer, argv, given)
        return result

    @staticmethod
    def _argv(given):
        try:
            argv = given["argv"] or outparse.words(given["cmd"] or "", "`cmd`")
        except ValueError as error:
            raise AnsibleActionFail(str(error)) from error
        if not argv or not argv[0]:
            raise AnsibleActionFail("no command was given")
        if "=" in argv[0]:
            raise AnsibleActionFail(f"`{argv[0]}` has a `=` in it: it would be taken for a variable there; use `environment`")
        if any("\0" in word for word in argv):
            raise AnsibleActionFail("no word of a command can hold a NUL")
        return argv

    def _ask(self, argv, given):
        """Runs it there. What the machine printed, taken apart, and what it said on standard error."""
        if not self._connection.has_pipelining:
            raise AnsibleActionFail(
                f"the connection `{self._connection.transport}` takes no input for what it runs, and the script for the machine's `sh`"
                " comes that way: use `ssh`, `local`, or another connection that supports pipelining"
            )
        environment = {}
        self._compute_environment_string(environment)
        number = secrets.token_hex(16)
        try:
            script = outparse.script(argv, given, environment, number)
        except outparse.ParsingFailed as error:
            raise AnsibleActionFail(str(error)) from error
        ran = self._low_level_execute_command("sh", in_data=script, encoding_errors="surrogateescape")
        answer = Answer(to_bytes(ran["stdout"], errors="surrogateescape"), to_bytes(f"outparse {number}"))
        said = to_bytes(ran["stderr"], errors="surrogateescape").decode("utf-8", "replace")
        if not answer.begun:
            printed = answer.noise.decode("utf-8", "replace").strip()[:300]
            shown = "; ".join(part for part in (printed, said.strip()[-300:]) if part)
            raise AnsibleActionFail(
                f"something else than the command ran there, with the exit status {ran['rc']}" + (f": {shown}" if shown else ""),
                result={"rc": ran["rc"]},
            )
        return answer, said

    def _account(self, result, answer, argv, given):
        """Parses the output, and says what came of it: nothing that went wrong is left unsaid."""
        output = answer.whole_lines
        result["rc"] = answer.status
        result["complete"] = answer.status is not None
        if output is None:
            result.update(failed=True, msg=f"the command was not begun: {result['stderr'].strip() or 'the machine said no more'}")
            return
        shown = output.decode("utf-8", "replace")
        result.update(stdout=shown, stdout_lines=shown.splitlines(), records=[], problems=[])
        if not answer.header.get("program", "").strip():
            result.update(failed=True, msg=f"`{argv[0]}`: command not found")
            return
        asks = {
            **given,
            "platform": given["platform"] or answer.header.get("system", "").strip() or None,
            "implementation": answer.implementation,
            "captured_at": answer.time,
        }
        refused = None
        try:
            parsed = outparse.parse(output, argv[:1], argv[1:], asks)
            envelope, told = parsed.envelope, parsed.messages
        except outparse.ParsingFailed as error:
            refused, envelope, told = str(error), error.envelope or {}, []
        plugin = envelope.get("plugin") or {}
        result.update(
            records=envelope.get("records") or [],
            problems=envelope.get("problems") or [],
            captured_at=answer.time,
            platform=envelope.get("platform"),
            plugin=f"{plugin['name']} {plugin['version']}" if plugin else None,
            digest=plugin.get("sha256"),
        )
        # They quote the output, which `no_log` keeps to itself; a warning would not.
        if told and not self._task.no_log:
            result["warnings"] = [f"outparse: {message}" for message in told]
        if answer.status is None:
            result.update(failed=True, msg="the output broke off: the command did not end there by itself")
        elif answer.status != 0:
            result.update(failed=True, msg="non-zero return code")
        if refused:
            result["parse_error"] = refused
            # It quotes the output, too, and a message is shown whatever `no_log` says.
            why = "the output could not be parsed" if self._task.no_log else refused
            result.update(failed=True, msg=f"{result['msg']}; {why}" if "msg" in result else why)
