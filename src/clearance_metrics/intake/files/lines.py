"""Where rows and physical lines part."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from .raw import blocks, opened

# so many broken rows are counted around; more are worth a column of line numbers
MANY = 100


def lines_of(
    text: Path, good: int, ends: int, bad: list[tuple[int, str, str]]
) -> tuple[list[tuple[int, str, str]], tuple[tuple[int, int], ...], list[int] | None]:
    """Where rows and physical lines part: (malformed, shifts, starts).

    `malformed` are (line, error, row). Row n stands on line n + 1 + shift, the shift being that of
    the last (first row, shift) not after n; where that is not enough, `starts` holds the line of
    every row.
    """
    if not bad and ends in (good, good + 1):
        return [], (), None
    if bad and ends == good + len(bad) + 1:
        # every row is one line, so that counting line feeds before the broken ones is enough
        lines, feeds, at, todo = [], 0, 0, sorted(bad)
        for block in blocks(text):
            while todo and todo[0][0] <= at + len(block):
                lines.append((1 + feeds + block.count(b"\n", 0, todo[0][0] - at), *todo[0][1:]))
                todo.pop(0)
            feeds, at = feeds + block.count(b"\n"), at + len(block)
        if len({line for line, _, _ in lines}) == len(bad) <= MANY:
            return lines, tuple((line - k, k) for k, (line, _, _) in enumerate(lines, 1)), None
    starts, malformed = _line_numbers(text, bad)
    if len(starts) != good:
        raise InputError(
            f"{good} rows were read where {len(starts)} stand in the file",
            str(text),
            "look for unbalanced quotes",
        )
    return malformed, (), starts


def _line_numbers(
    text: Path, bad: list[tuple[int, str, str]]
) -> tuple[list[int], list[tuple[int, str, str]]]:
    """Physical lines of the good rows in order, and of the malformed ones.

    Only walked where rows span lines or are broken; a record ends at a line end outside quotes.
    """
    at = {position: (error, row) for position, error, row in bad}
    starts, malformed = [], []
    position = number = 0
    first, inside, seen_header, broken, after_crlf = 1, False, False, None, False
    with opened(text) as file:
        for line in file:
            number += 1
            if not inside:
                first, broken = number, None
            # the reader counts bytes from one, and after CRLF it mostly points at the line feed
            # before the record
            broken = at.get(position + 1, at.get(position, broken) if after_crlf else broken)
            after_crlf = line.endswith(b"\r\n")
            inside ^= line.count(b'"') % 2 == 1
            position += len(line)
            if inside:
                continue
            if not line.strip(b"\r\n") and first == number:
                # a blank line is no row; an error booked at its place belongs to the row after it
                if broken:
                    at[position if after_crlf else position + 1] = broken
                continue
            if not seen_header:
                seen_header = True
            elif broken:
                malformed.append((first, *broken))
            else:
                starts.append(first)
    if inside and seen_header:
        malformed.append((first, *(broken or ("UNTERMINATED QUOTE", ""))))
    return starts, malformed
