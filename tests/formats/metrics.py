"""Reads metrics with a tool of their format, and prints what it finds as JSON: metrics.py TOOL FILE."""

import json
import sys


def prometheus(text):
    from prometheus_client.parser import text_string_to_metric_families

    families = text_string_to_metric_families(text)
    return [{"name": sample.name, "labels": sample.labels, "value": sample.value}
            for family in families for sample in family.samples]


def influx(text):
    from line_protocol_parser import parse_line

    return [parse_line(line) for line in text.splitlines()]


tool, path = sys.argv[1:]
with open(path, encoding="utf-8", newline="\n") as file:
    json.dump(globals()[tool](file.read()), sys.stdout)
