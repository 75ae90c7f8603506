#!/usr/bin/python

# Copyright: (c) 2026, The outparse authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# The action of the same name does the work, on the controller: this file is its documentation.

from __future__ import annotations

DOCUMENTATION = r"""
---
module: command
author: The outparse authors (!UNKNOWN)
version_added: 0.1.0
short_description: Run a command and give typed records of what it prints
description:
  - Runs a command over the connection, as M(ansible.builtin.raw) does, and parses what it prints on the controller, with the program
    C(outparse) and in a WebAssembly sandbox without any rights. The machine needs a POSIX C(sh) and no Python.
  - The dialect is chosen by what the machine says that it is, so that C(df) of Debian, Alpine and FreeBSD gives the same fields.
    C(outparse schema COMMAND) explains them.
  - The command is run without a shell and without a terminal, with nothing to read, and in the C locale with characters in UTF-8,
    which is what parsers read.
  - The task fails when the command ends with another status than 0, when it is not there, when its output broke off, and when no parser
    recognises what it printed. Records up to there are in the result. A line that could not be read is a warning and in RV(problems).
options:
  cmd:
    description:
      - The command line, which is parted into words as a shell does, and nothing else of it is read. One of O(cmd) and O(argv) is needed.
    type: str
  argv:
    description:
      - The command as a list of words.
    type: list
    elements: str
  chdir:
    description:
      - Run it in this folder of the machine.
    type: path
  locale:
    description:
      - The locale that the command speaks, V(C) with characters in UTF-8, V(inherit) for what the machine and C(environment) say, or a
        name. With V(C), variables of C(environment) that are about the locale have no effect on the command.
    type: str
    default: C
  platform:
    description:
      - The platform that the machine is taken for, whatever it says.
    type: str
  plugin:
    description:
      - Use this parser only.
    type: str
  kind:
    description:
      - Of several kinds of records, give this one, or V(all).
    type: str
  fields:
    description:
      - Give only these fields, in this order.
    type: list
    elements: str
  where:
    description:
      - Give only records that meet this condition, V(use_percent > 90) for example.
    type: str
  sort:
    description:
      - Sort by these fields, highest first with a C(-) before the name.
    type: list
    elements: str
  limit:
    description:
      - Give no more than this many records. The command runs to its end all the same.
    type: int
  strict:
    description:
      - Fail when anything could not be understood.
    type: bool
    default: false
  program:
    description:
      - The program C(outparse) on the controller, a name in C(PATH) or a path. Without it, what the variable C(outparse_program) says.
    type: path
attributes:
  check_mode:
    description: It is skipped, because what a command changes cannot be known. Set C(check_mode=false) for one that only reads.
    support: none
  diff_mode:
    description: There is nothing to compare.
    support: none
  async:
    description: The output is parsed when the command has ended.
    support: none
notes:
  - The result is C(changed), as that of every command; C(changed_when=false) says of one that it only reads.
  - C(become), C(environment), C(timeout), C(no_log), C(loop) and C(delegate_to) of the task do what they do everywhere. Variables of
    C(environment) travel with the script, and are on no command line.
  - The connection has to support pipelining, as C(ssh), C(local) and those to containers do. The setting for pipelining is not looked at.
seealso:
  - module: ansible.builtin.raw
  - plugin: outparse.core.parse
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Ask how full the filesystems are
  outparse.core.command:
    cmd: df -k
    where: use_percent > 90
  register: full
  changed_when: false
  check_mode: false

- name: Say it
  ansible.builtin.debug:
    msg: "{{ item.mounted_on }} is full to {{ item.use_percent }} %"
  loop: "{{ full.records }}"

- name: Ask who listens, as root, on a machine without Python
  outparse.core.command:
    argv: [ss, -ltnp]
  become: true
  changed_when: false
"""

RETURN = r"""
records:
  description: The records, a dictionary each.
  returned: when the command ran
  type: list
  elements: dict
  sample:
    - filesystem: /dev/vda
      size: 270582939648
      used: 22533431296
      available: 76235669504
      use_percent: 23
      mounted_on: /
problems:
  description: The places in the output that could not be understood, with C(line), C(column), C(severity) and C(message).
  returned: when the command ran
  type: list
  elements: dict
parse_error:
  description: Why the output could not be parsed.
  returned: when it could not be
  type: str
cmd:
  description: The command, a word each.
  returned: always
  type: list
  elements: str
rc:
  description: The command's exit status; null where its output broke off.
  returned: always
  type: int
complete:
  description: Whether the output came to its end. A line that was cut off is not parsed.
  returned: always
  type: bool
stdout:
  description: What the command printed.
  returned: when the command ran
  type: str
stdout_lines:
  description: The same by lines.
  returned: when the command ran
  type: list
  elements: str
stderr:
  description: What came on standard error.
  returned: always
  type: str
stderr_lines:
  description: The same by lines.
  returned: always
  type: list
  elements: str
platform:
  description: The platform that the output was parsed as.
  returned: when the command ran
  type: str
plugin:
  description: The parser that read it, and its version.
  returned: when one did
  type: str
digest:
  description: The SHA-256 of the parser's component.
  returned: when one did
  type: str
captured_at:
  description: When the command ran, by the machine's own clock and with the offset there.
  returned: when the machine knows it
  type: str
"""
