"""Opens a file that outparse printed with a tool of its format, and prints the records as JSON: read.py TOOL FORMAT FILE."""

import json
import sys


def python_json(format, file):
    with open(file, encoding="utf-8") as text:
        return json.load(text) if format == "json" else [json.loads(line) for line in text]


def python_csv(format, file):
    import csv

    # Without an end of its own, a cell is never cut at a line end inside it.
    with open(file, encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, dialect="excel-tab" if format == "tsv" else "excel", strict=True))


def pyyaml(_, file):
    import yaml

    with open(file, encoding="utf-8") as text:
        return yaml.safe_load(text)


def pyarrow(format, file):
    if format == "parquet":
        import pyarrow.parquet

        parquet = pyarrow.parquet.ParquetFile(file)
        metadata = parquet.metadata
        for group in range(metadata.num_row_groups):
            for column in range(metadata.num_columns):
                assert metadata.row_group(group).column(column).compression == "SNAPPY"
        table = parquet.read()
    else:
        import pyarrow.ipc

        with pyarrow.ipc.open_stream(file) as stream:
            table = stream.read_all()
    table.validate(full=True)
    for field in table.schema:
        assert b"doc" in field.metadata, f"`{field.name}` has no meaning"
        if field.name in ("size", "used"):
            assert field.metadata[b"unit"] == b"bytes", field
    return table.to_pylist()


def duckdb(format, file):
    import duckdb

    options = f"delim = '{chr(9) if format == 'tsv' else ','}', header = true, all_varchar = true, quote = '\"', escape = '\"'"
    relation = {
        "csv": f"read_csv('{file}', {options})",
        "tsv": f"read_csv('{file}', {options})",
        "json": f"read_json('{file}', format = 'array')",
        "jsonl": f"read_json('{file}', format = 'newline_delimited')",
        "parquet": f"read_parquet('{file}')",
    }[format]
    rows = duckdb.sql(f"SELECT * FROM {relation}")
    return [dict(zip(rows.columns, row)) for row in rows.fetchall()]


if __name__ == "__main__":
    _, tool, format, file = sys.argv
    # Times are text in JSON.
json.dump(globals()[tool](format, file), sys.stdout, default=lambda time: time.isoformat())
