# Copyright: (c) 2026, The outparse authors
# SPDX-License-Identifier: MIT OR Apache-2.0

"""The filter `outparse.core.parse`; its documentation is in `parse.yml` beside it."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.text.converters import to_bytes
from ansible.utils.display import Display

try:
    from jinja2 import pass_context
except ImportError as error:  # pragma: no cover
    raise AnsibleFilterError("Jinja 3 is needed") from error

from ansible_collections.outparse.core.plugins.plugin_utils import outparse

OPTIONS = frozenset(
    ("platform", "implementation", "plugin", "kind", "fields", "where", "sort", "limit", "captured_at", "strict", "program", "envelope")
)

# What is passed in error, as people call it.
KINDS = ((dict, "dictionary"), (list, "list"), (bool, "boolean"), ((int, float), "number"), (type(None), "null"))


def capture(value):
    """The bytes that were printed."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        try:
            # Bytes that are no UTF-8 come as what stands for them: they are made the same bytes again.
            return to_bytes(value, errors="surrogateescape")
        except UnicodeError as error:
            raise AnsibleFilterError(f"outparse.core.parse: the text cannot be made bytes: {error}") from error
    kind = next((name for kind, name in KINDS if isinstance(value, kind)), type(value).__name__)
    hint = "; did you mean its `.stdout`?" if isinstance(value, dict) and "stdout" in value else ""
    raise AnsibleFilterError(f"outparse.core.parse: the text that a command printed is expected, and this is a {kind}{hint}")


@pass_context
def parse(context, value, command, args=None, **given):
    """The records of what a command printed."""
    unknown = sorted(set(given) - OPTIONS)
    if unknown:
        raise AnsibleFilterError(f"outparse.core.parse: there is no option `{unknown[0]}`; the options are {', '.join(sorted(OPTIONS))}")
    text = capture(value)
    if given.get("program") is None:
        given["program"] = context.get("outparse_program")
    try:
        named = outparse.words(command, "the command")
        # `git log` is a command of two words, and `df -k` a whole command line.
        if args is None and not any(word.startswith("-") for word in named):
            parsed = outparse.parse(text, named, None, given)
        else:
            parsed = outparse.parse(text, named[:1], named[1:] + outparse.words(args or [], "`args`"), given)
    except (outparse.ParsingFailed, ValueError) as error:
        raise AnsibleFilterError(f"outparse.core.parse: {error}") from error
    if given.get("envelope"):
        return parsed.envelope
    display = Display()
    for message in parsed.messages:
        display.warning(f"outparse.core.parse: {message}")
    return parsed.records


class FilterModule:
    """The filters of this file."""

    def filters(self):
        return {"parse": parse}
