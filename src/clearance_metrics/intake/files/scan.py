"""One pass over the bytes of a file: its digest and its line ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import InputError
from ..mapping import FileSpec
from .raw import CHUNK, blocks, kind_of

LINE_FEED = 10


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes of a file tells: sha256, line ends, carriage returns that end
    lines alone.
    """

    sha256: str
    ends: int = 0
    returns: int = 0


def scan(spec: FileSpec, path: Path) -> Scan:
    """The file's sha256 and, for text in UTF-8, its line ends;

    InputError if it is binary or cannot be unpacked.
    """
    digest, feeds, returns, tail = hashlib.sha256(), 0, 0, b"\n"
    lines = kind_of(spec, path) == "csv"
    packed = path.name.lower().endswith(".gz")
    if packed or not lines:
        with path.open("rb") as file:
            while block := file.read(CHUNK):
                digest.update(block)
    if lines:
        for block in blocks(path):
            if not packed:
                digest.update(block)
            if spec.encoding != "utf-16" and b"\0" in block:
                raise InputError(
                    "the file is binary, or not in the declared encoding",
                    str(path),
                    "check format and encoding",
                )
            feeds += int(np.count_nonzero(np.frombuffer(block, "uint8") == LINE_FEED))
            if b"\r" in block:
                returns += block.count(b"\r") - block.count(b"\r\n")
            tail = block[-1:]
    return Scan(
        digest.hexdigest(), feeds + (tail != b"\n"), returns if spec.encoding == "utf-8" else 0
    )
