"""A bounded look at a text file: its encoding, delimiter and header row, and some of its rows."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from pathlib import Path

from ...errors import InputError
from ..keys import DELIMITERS
from .headers import header_of, under
from .said import Said
from .sampling import MOST_ROWS, Sample, spread

WHOLE, HEAD, BLOCK, BLOCKS = 4 << 20, 1 << 20, 128 << 10, 12
UNPACKED_AT_MOST = 256 << 20  # of a packed file no more is unpacked
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LONG_RECORD = 40  # a row of more lines hints at a quote that is never closed
TAIL_ROWS = 12


def text(path: Path, packed: bool) -> list[Sample]:
    """The one table of a text file."""
    try:
        pieces, size = _packed(path) if packed else _plain(path)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"the file cannot be read: {error}", str(path), "ask the owner for it again"
        ) from None
    whole = len(pieces) == 1 and len(pieces[0]) >= size
    encoding, doubts = _encoding(pieces, path)
    decoded = [_decode(piece, encoding, first=i == 0) for i, piece in enumerate(pieces)]
    if not whole:  # a piece begins and ends inside a row
        decoded[0] = decoded[0][: decoded[0].rfind("\n") + 1] or decoded[0]
        decoded[1:] = [_inner_lines(piece) for piece in decoded[1:-1]] + [_end_lines(decoded[-1])]
    delimiter = _delimiter(decoded[0])
    head, starts, broken = _parse(decoded[0], delimiter)
    if broken:
        doubts.append(Said("quote_open", line=broken))
    at = header_of(head)
    headers = [str(h).strip() for h in head[at]] if head else []
    if under(head, at):
        doubts.append(Said("two_headers"))
    body = head[at + 1 :]
    for piece in decoded[1:]:
        body += _parse(piece, delimiter)[0]
    fit, ragged = _fitting(body, len(headers))
    if ragged:
        doubts.append(Said("ragged", n=ragged, of=len(body)))
    read = sum(len(piece) for piece in pieces)
    sample = Sample(
        path=path,
        format="csv",
        headers=tuple(headers),
        rows=tuple(map(tuple, spread(fit))),
        header_row=starts[at] if starts else 1,
        encoding=encoding,
        delimiter=delimiter,
        total=len(body) if whole else round(len(body) * size / max(read, 1)),
        whole=whole and len(fit) <= MOST_ROWS,
        tail=tuple(map(tuple, body[-TAIL_ROWS:])),
        doubts=tuple(doubts),
    )
    return [sample]


def _plain(path: Path) -> tuple[list[bytes], int]:
    """The whole of a small file; of a large one its head, its end and blocks at even distances."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= WHOLE:
            return [file.read()], size
        pieces, step = [file.read(HEAD)], (size - HEAD) // BLOCKS
        for i in range(BLOCKS):
            place = HEAD + i * step if i < BLOCKS - 1 else size - BLOCK
            file.seek(place - place % 4)  # whole units of every encoding
            pieces.append(file.read(BLOCK + 4))
        return pieces, size


def _packed(path: Path) -> tuple[list[bytes], int]:
    """The same of a packed file, which is unpacked in order and only so far."""
    with path.open("rb") as file:
        file.seek(-4, 2)
        size = int.from_bytes(file.read(4), "little")
    with gzip.open(path, "rb") as file:
        head = file.read(WHOLE)
        if len(head) < WHOLE:
            return [head], len(head)
        pieces, seen, last, taken = [head[:HEAD]], len(head), b"", False
        step = max(min(size, UNPACKED_AT_MOST) // BLOCKS // BLOCK, 1)
        for i in range((UNPACKED_AT_MOST - WHOLE) // BLOCK):
            block = file.read(BLOCK)
            seen += len(block)
            if len(block) < BLOCK:
                end = last + block  # a short block alone may hold no whole line
                return [*(pieces[:-1] if taken else pieces), end], seen
            taken = i % step == 0 and len(pieces) < BLOCKS
            pieces += [block] if taken else []
            last = block
        return pieces, max(size, seen)


def _encoding(pieces: list[bytes], path: Path) -> tuple[str, list[Said]]:
    """The encoding in which every byte looked at can be read."""
    head = pieces[0]
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding, []
    if b"\0" in head[:4000]:
        even, odd = head[:4000:2].count(0), head[1:4000:2].count(0)
        if max(even, odd) > 4 * max(min(even, odd), 1) or max(even, odd) > 100:
            return "utf-16", [Said("utf16_without_mark")]
        raise InputError("the file is binary, not text", str(path), "name a CSV or Excel file")
    if all(_strict(p, "utf-8", first=i == 0) for i, p in enumerate(pieces)):
        return "utf-8", []
    if all(_strict(p, "gb18030", first=i == 0) for i, p in enumerate(pieces)):
        share = _chinese(pieces)
        return "gb18030", [] if share > 0.8 else [Said("encoding_doubt", share=round(100 * share))]
    return "gb18030" if _chinese(pieces) > 0.8 else "utf-8", [Said("encoding_unknown")]


def _strict(piece: bytes, encoding: str, first: bool) -> bool:
    """Whether a piece is of an encoding, apart from signs cut at its ends."""
    begin = 0 if first else piece.find(b"\n") + 1
    for cut in range(4):
        try:
            piece[begin : len(piece) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _chinese(pieces: list[bytes]) -> float:
    """The share of signs beyond ASCII that are two bytes of the usual Chinese range."""
    good = signs = 0
    for piece in pieces:
        at, end = 0, min(len(piece), 200_000)
        while at < end - 1:
            if piece[at] < 0x80:
                at += 1
                continue
            signs += 1
            pair = piece[at] in range(0xA1, 0xF8) and piece[at + 1] >= 0xA1
            good += pair
            at += 2 if pair else 1
    return good / signs if signs else 1.0


def _decode(piece: bytes, encoding: str, first: bool) -> str:
    if encoding == "utf-16":
        mark = piece[:2]
        if first and mark in (b"\xff\xfe", b"\xfe\xff"):
            return piece.decode("utf-16", "replace")
        zeros = piece[:4000:2].count(0), piece[1:4000:2].count(0)
        return piece.decode("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", "replace")
    return piece.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")


def _inner_lines(piece: str) -> str:
    """The whole lines of a piece from the middle of a file."""
    lines = piece.splitlines(keepends=True)
    return "".join(lines[1:-1]) if len(lines) > 2 else ""


def _end_lines(piece: str) -> str:
    """The whole lines of the last piece of a file."""
    return "".join(piece.splitlines(keepends=True)[1:])


def _delimiter(piece: str) -> str:
    """The delimiter that parts the most rows into as many fields, of more than one."""
    lines = piece[:200_000].splitlines()[:400]
    best, most = ",", 0.0
    for sign in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=sign) if any(row))
        except csv.Error:
            continue
        many = {width: n for width, n in widths.items() if width > 1}
        if not many:
            continue
        width, n = max(many.items(), key=lambda pair: (pair[1], pair[0]))
        score = n / sum(widths.values()) + min(width, 30) / 100
        if score > most:
            best, most = sign, score
    return best


def _parse(piece: str, delimiter: str) -> tuple[list[list[str]], list[int], int]:
    """The filled rows with the physical line that each begins on, and the line of a quote that is
    never closed (0: none).
    """
    source = io.StringIO(piece, newline="")
    reader = csv.reader(source, delimiter=delimiter)
    rows, starts, before = [], [], 0
    try:
        for row in reader:
            if reader.line_num - before > LONG_RECORD:
                return (*_unquoted(piece, delimiter), before + 1)
            if any(cell.strip() for cell in row):
                rows.append(row)
                starts.append(before + 1)
            before = reader.line_num
    except csv.Error:
        return (*_unquoted(piece, delimiter), before + 1)
    return rows, starts, 0


def _unquoted(piece: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The rows where quotes cannot be trusted: a line is a row."""
    lines = [(i, line) for i, line in enumerate(piece.splitlines(), 1) if line.strip()]
    return [line.split(delimiter) for _, line in lines], [i for i, _ in lines]


def _fitting(body: list[list[str]], width: int) -> tuple[list[list[str]], int]:
    """Rows as wide as the headers (empty cells too many or too few do not matter), and how many
    are not.
    """
    fit, ragged = [], 0
    for row in body:
        surplus = row[width:]
        if len(row) == width or (surplus and not any(cell.strip() for cell in surplus)):
            fit.append(row[:width])
        else:
            ragged += 1
    return fit, ragged
