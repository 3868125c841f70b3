"""Writes the Parquet and Arrow files that tests read, and what is in them as JSON, with pyarrow and datasets
(26.0.1 and 5.2.0 wrote those that are here).

    python bench/baselines/column_files.py test/fixtures/columns

Run where the project lies, since it also makes examples/chats.parquet from the file of lines.
"""

import base64
import datetime
import decimal
import json
import re
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset

ROLES = pa.dictionary(pa.int32(), pa.string())


def chats(count):
    """Messages, some with keys that others lack, so that Arrow pads them with nulls."""
    rows = []
    for i in range(count):
        turns = [
            {"role": "user", "content": f"What is {i} + {i}?\n\"Exactly\", please: é {chr(0x1F600)}"},
            {"role": "assistant", "content": str(2 * i)},
        ]
        if i % 3 == 0:
            turns.insert(0, {"role": "system", "content": "You add numbers."})
        if i % 5 == 0:
            turns[-1]["tool_calls"] = [{"function": {"name": "add", "arguments": json.dumps({"a": i, "b": i})}}]
        rows.append({"id": 2**53 + i, "messages": turns, "source": "made" if i % 2 else None})
    return rows


CHAT_SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        (
            "messages",
            pa.list_(
                pa.struct(
                    [
                        ("role", pa.string()),
                        ("content", pa.string()),
                        (
                            "tool_calls",
                            pa.list_(
                                pa.struct(
                                    [("function", pa.struct([("name", pa.string()), ("arguments", pa.string())]))]
                                )
                            ),
                        ),
                    ]
                )
            ),
        ),
        ("source", pa.string()),
    ]
)

UTC = datetime.timezone.utc
MOMENT = datetime.datetime(2026, 1, 31, 13, 5, 0, 250000)
TYPES = {
    "instruction": (pa.large_string(), ["a", "b", "", "d"]),
    "output": (pa.string(), ["1", "2", "3", "4"]),
    "kind": (pa.dictionary(pa.int8(), pa.string()), ["x", "y", None, "x"]),
    "flag": (pa.bool_(), [True, None, False, True]),
    "int8": (pa.int8(), [-128, 0, None, 127]),
    "uint32": (pa.uint32(), [0, 1, None, 2**32 - 1]),
    "int64": (pa.int64(), [-(2**63), 2**53 + 1, None, 2**63 - 1]),
    "uint64": (pa.uint64(), [0, 2**53 + 1, None, 2**64 - 1]),
    "float32": (pa.float32(), [0.1, -0.5, None, 2.5]),
    "float64": (pa.float64(), [0.1, 1e300, None, -2.5]),
    "small": (pa.decimal128(5, 2), [decimal.Decimal("1.50"), decimal.Decimal("-0.05"), None, decimal.Decimal("999.99")]),
    "large": (
        pa.decimal128(38, 10),
        [decimal.Decimal("1234567890123456789012345678.0123456789"), decimal.Decimal("-1.0000000000"), None, decimal.Decimal("0E-10")],
    ),
    "day": (pa.date32(), [datetime.date(2026, 1, 31), datetime.date(1969, 12, 31), None, datetime.date(1970, 1, 1)]),
    "second": (pa.timestamp("ms"), [MOMENT, datetime.datetime(1969, 12, 31, 23, 59, 59, 999000), None, MOMENT]),
    "micro": (pa.timestamp("us", tz="UTC"), [MOMENT.replace(tzinfo=UTC)] * 2 + [None, MOMENT.replace(tzinfo=UTC)]),
    "nano": (pa.timestamp("ns"), pa.array([1769864700250000001, -1, None, 0], pa.timestamp("ns"))),
    "time": (pa.time64("us"), [datetime.time(13, 5, 0, 250000), datetime.time(0, 0), None, datetime.time(23, 59, 59, 999999)]),
    "bytes": (pa.binary(), [b"\x00\xff", b"", None, b"abc"]),
    "fixed": (pa.binary(3), [b"\x00\xff\x01", b"abc", None, b"xyz"]),
    "list": (pa.list_(pa.int32()), [[1, None, 3], [], None, [4]]),
    "deep": (pa.list_(pa.list_(pa.string())), [[["a"], [], None, ["b", None]], None, [], [["c"]]]),
    "pairs": (pa.map_(pa.string(), pa.int32()), [[("k", 1), ("l", None)], [], None, [("m", 2)]]),
    "nested": (
        pa.struct([("a", pa.int32()), ("b", pa.struct([("c", pa.list_(pa.string()))]))]),
        [{"a": 1, "b": {"c": ["x"]}}, {"a": None, "b": None}, None, {"a": 2, "b": {"c": []}}],
    ),
    "nothing": (pa.null(), [None] * 4),
}

TYPES_JSON = {
    "small": ["1.50", "-0.05", None, "999.99"],
    "large": ["1234567890123456789012345678.0123456789", "-1.0000000000", None, "0.0000000000"],
    "day": ["2026-01-31", "1969-12-31", None, "1970-01-01"],
    "second": ["2026-01-31T13:05:00.250", "1969-12-31T23:59:59.999", None, "2026-01-31T13:05:00.250"],
    "micro": ["2026-01-31T13:05:00.250000Z"] * 2 + [None, "2026-01-31T13:05:00.250000Z"],
    "nano": ["2026-01-31T13:05:00.250000001", "1969-12-31T23:59:59.999999999", None, "1970-01-01T00:00:00"],
    "time": ["13:05:00.250000", "00:00:00", None, "23:59:59.999999"],
    "pairs": [{"k": 1, "l": None}, {}, None, {"m": 2}],
}


def types_table():
    arrays = [values if isinstance(values, pa.Array) else pa.array(values, kind) for kind, values in TYPES.values()]
    return pa.table(arrays, names=list(TYPES))


def types_json():
    columns = {}
    for name, (_, values) in TYPES.items():
        known = TYPES_JSON.get(name, values)
        if name in ("small", "large"):
            known = [v if v is None else f"@{v}@" for v in known]
        columns[name] = [base64.b64encode(v).decode() if isinstance(v, bytes) else v for v in known]
    return [{name: columns[name][i] for name in columns} for i in range(4)]


def save(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            # decimals, which json has no type for
            file.write(re.sub(r'"@([-0-9.]+)@"', r"\1", line) + "\n")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    rows = chats(40)
    table = pa.Table.from_pylist(rows, CHAT_SCHEMA)
    save(folder / "chats.jsonl", table.to_pylist())
    # several row groups, several pages in each, dictionaries
    pq.write_table(table, folder / "chats-zstd.parquet", row_group_size=16, compression="zstd", data_page_size=256)
    pq.write_table(
        table,
        folder / "chats-snappy-v2.parquet",
        compression="snappy",
        data_page_version="2.0",
        data_page_size=256,
        use_dictionary=False,
        column_encoding={
            "id": "DELTA_BINARY_PACKED",
            "source": "DELTA_BYTE_ARRAY",
            "messages.list.element.content": "DELTA_LENGTH_BYTE_ARRAY",
        },
    )
    for codec in ("gzip", "brotli", "lz4", "none"):
        pq.write_table(table.slice(0, 6), folder / f"chats-{codec}.parquet", compression=codec)
    parts = folder / "parts"
    parts.mkdir(exist_ok=True)
    pq.write_table(table.slice(0, 25), parts / "train-00000-of-00002.parquet")
    pq.write_table(table.slice(25), parts / "train-00001-of-00002.parquet")
    pq.write_table(table.rename_columns(["id", "turns", "source"]), folder / "other-names.parquet")
    pq.write_table(table.slice(0, 0), folder / "empty.parquet")

    types = types_table()
    save(folder / "types.jsonl", types_json())
    pq.write_table(types, folder / "types.parquet", row_group_size=3)
    pq.write_table(types, folder / "types-v2.parquet", use_dictionary=False, data_page_version="2.0", store_decimal_as_integer=True)
    with pa.OSFile(str(folder / "types.arrow"), "wb") as sink, pa.ipc.new_stream(sink, types.schema) as writer:
        writer.write_table(types, max_chunksize=3)
    with pa.OSFile(str(folder / "types-file.arrow"), "wb") as sink, pa.ipc.new_file(sink, types.schema) as writer:
        writer.write_table(types, max_chunksize=3)

    plain = [{"instruction": f"Add {i} and {i}.", "input": "", "output": str(2 * i)} for i in range(12)]
    pq.write_table(pa.Table.from_pylist(plain), folder / "plain.parquet", row_group_size=5)
    latin = pa.array([b"na\xefve", b"b"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"instruction": latin, "output": ["1", "2"]}), folder / "latin1.parquet")
    with open("examples/chats.jsonl", encoding="utf-8") as file:
        pq.write_table(pa.Table.from_pylist([json.loads(line) for line in file]), "examples/chats.parquet")
    Dataset.from_list(rows).save_to_disk(str(folder / "saved"), num_shards=2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
