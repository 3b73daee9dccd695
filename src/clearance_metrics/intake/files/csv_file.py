"""CSV: its headers, its rows for the engine, and a copy in UTF-8 of other encodings."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

from ...errors import InputError
from ..mapping import FileSpec
from ..sql import literal
from .raw import CHUNK, opened

# bytes of a row at most; a file of more than twice as many is read by several threads
LONGEST = 16_000_000


def csv_rows(spec: FileSpec, path: Path, text: Path) -> tuple[str, list]:
    ending = path.name.lower().removesuffix(".gz")
    delimiter = spec.delimiter or ("\t" if ending.endswith(".tsv") else ",")
    opener = gzip.open if text.name.lower().endswith(".gz") else open
    try:
        with opener(text, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
            headers = [h.strip() for h in next(csv.reader(file, delimiter=delimiter), [])]
    except (gzip.BadGzipFile, EOFError, OSError, csv.Error) as error:
        raise InputError(
            f"the header cannot be read: {error}", str(path), "check format and encoding"
        ) from None
    if not any(headers):
        raise InputError("the first line holds no headers", str(path), "give a header line")
    if any("\ufffd" in h for h in headers):
        raise InputError(
            "the headers are not UTF-8 text",
            str(path),
            'declare the encoding: encoding = "gb18030"',
        )
    columns = ", ".join(f"'h{i}': 'VARCHAR'" for i in range(len(headers)))
    return (
        (
            f"read_csv({literal(text)}, header=true, auto_detect=false, quote='\"', escape='\"',"
            f" delim='{delimiter}', columns={{{columns}}}, strict_mode=true, store_rejects=true,"
            f" rejects_limit=0, max_line_size={LONGEST}, buffer_size={2 * LONGEST})"
        ),
        headers,
    )


def as_utf8(spec: FileSpec, path: Path, copy: Path) -> int:
    """Write `copy`, the file in UTF-8 with line feeds, which the engine can read; the number of its
    lines.
    """
    count, last = 0, "\n"
    try:
        with opened(path) as raw, copy.open("w", encoding="utf-8", newline="") as out:
            errors = "surrogateescape" if spec.encoding == "utf-8" else "strict"
            source = io.TextIOWrapper(
                raw,
                encoding="utf-8-sig" if spec.encoding == "utf-8" else spec.encoding,
                errors=errors,
                newline=None,
            )
            while block := source.read(CHUNK):
                count, last = count + block.count("\n"), block[-1]
                out.write(block)
    except UnicodeError as error:
        raise InputError(
            f"the file is not {spec.encoding}: {error}", str(path), "declare its encoding"
        ) from None
    except (gzip.BadGzipFile, EOFError, OSError) as error:
        raise InputError(
            f"the file cannot be unpacked: {error}", str(path), "ask the owner for it again"
        ) from None
    return count + (last != "\n")
