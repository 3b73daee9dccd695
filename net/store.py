"""Files of the net: written sorted, one key per line; two of them held side by side."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

from .record import Record, Value

SECTIONS = ("numbers", "words")
SHOWN = 50


def save(record: Record, path: Path) -> None:
    """The record as JSON; the same record gives the same bytes."""
    parts = []
    for section in SECTIONS:
        values = getattr(record, section)
        lines = [
            f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(values[k], ensure_ascii=False)}"
            for k in sorted(values)
        ]
        parts.append(f'"{section}": {{\n' + ",\n".join(lines) + "\n}")
    content = ("{" + ",\n".join(parts) + "}\n").encode()
    # no time of day in the header: it would differ at each run
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def load(path: Path) -> dict[str, dict[str, Value]]:
    """The two sections of a file."""
    content = path.read_bytes()
    return json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)


def same(one: Value, two: Value) -> bool:
    """Equal to the last digit; 1 is not 1.0, and not true."""
    return type(one) is type(two) and one == two


def differences(old: dict[str, Value], new: dict[str, Value]) -> list[str]:
    """A line for each key whose values differ.

    >>> differences({"a": 1, "b": 2.0}, {"a": 1, "b": 2.5, "c": 3})
    ['b: 2.0 -> 2.5']
    """
    both = sorted(set(old) & set(new))
    moved = [k for k in both if not same(old[k], new[k])]
    return [f"{k}: {_told(old[k], new[k])}" for k in moved]


def _told(one: Value, two: Value) -> str:
    if not (isinstance(one, list) and isinstance(two, list)):
        return f"{one!r} -> {two!r}"
    gone, come = Counter(one) - Counter(two), Counter(two) - Counter(one)
    if not gone and not come:
        return "the same values in another order"
    return f"gone {sorted(gone.elements())[:20]}, new {sorted(come.elements())[:20]}"


def report(old: dict, new: dict, with_words: bool) -> tuple[list[str], bool]:
    """What to print of two files, and whether their numbers are the same."""
    lines, good = [], True
    for section in SECTIONS if with_words else SECTIONS[:1]:
        one, two = old[section], new[section]
        found = differences(one, two)
        lines.append(
            f"{section}: {len(set(one) & set(two)):,} values compared, {len(found):,} differ"
        )
        lines += _some(found)
        for name, keys in (("old", set(one) - set(two)), ("new", set(two) - set(one))):
            lines += [f"{section}: {len(keys):,} only in the {name} file"] if keys else []
            lines += _some(sorted(keys))
        if section == "numbers":
            good = not found and set(one) == set(two)
    return lines, good


def _some(found: list[str]) -> list[str]:
    more = [f"  and {len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
    return [f"  {line}" for line in found[:SHOWN]] + more
