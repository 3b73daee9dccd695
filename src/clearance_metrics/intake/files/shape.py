"""Whether a CSV file is regular, by its bytes alone: each record has the header's number of fields,
every quote opening at the start of a field and closing at its end. Then the engine's reader cannot
but read what stands there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

LINE_FEED, RETURN, QUOTE = b'\n\r"'
BOM = b"\xef\xbb\xbf"
# so many places where lines and rows part are told one by one; more are worth a column of lines
MANY = 100
# so many bytes at once stay near the processor, and take no new memory again and again
PIECE = 1 << 17


@dataclass(frozen=True)
class Found:
    """What the bytes of a file tell: whether it is regular, its records with the header, and the
    (first record, shift) from which on records stand `shift` lines further down than their number.
    """

    regular: bool
    records: int = 0
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    shifts: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def lines(self) -> tuple[tuple[tuple[int, int], ...], np.ndarray | None]:
        """The shifts for a part; or, where they are too many, the line of every data row.

        >>> Found(True, 4, np.array([2]), np.array([1])).lines()
        (((2, 1),), None)
        """
        # the header is record 0, so that the first data row, number 1, stands on line 2
        if len(self.rows) <= MANY:
            return tuple(zip(self.rows.tolist(), self.shifts.tolist(), strict=True)), None
        numbers = np.arange(1, self.records)
        last = np.searchsorted(self.rows, numbers, side="right") - 1
        shift = np.where(last < 0, 0, self.shifts[np.maximum(last, 0)])
        return (), numbers + 1 + shift


class Shape:
    """Counts records, separators and quotes block by block.

    >>> shape = Shape(",", 2)
    >>> shape.add(b'a,b\\n1,"x')
    >>> shape.add(b'\\ny"\\n3,4')
    >>> found = shape.found()
    >>> found.regular, found.records, found.lines()[0]
    (True, 3, ((2, 1),))
    """

    def __init__(self, delimiter: str, columns: int, skip: int = 0) -> None:
        self.delimiter, self.columns, self.skip = ord(delimiter), columns, skip
        self.regular, self.start, self.held = True, True, b""
        # whether a quote is open, and whether the last byte ended a record
        self.inside, self.blank = False, True
        self.before = LINE_FEED  # the byte before the block
        self.crlf: bool | None = None
        self.lines = skip
        self.records, self.separators = 0, 0
        self.begins, self.shift = skip, 0  # the line on which the next record begins
        self.changes: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, block: bytes) -> None:
        """Count the next bytes."""
        if not self.regular:
            return
        if self.start:
            block = (self.held + block).removeprefix(BOM)
            self.start, self.held = False, b""
        block = self.held + block
        while self.skip:
            end = block.find(b"\n")
            self.regular &= b"\r" not in block[: end if end >= 0 else None].removesuffix(b"\r")
            if end < 0:
                self.held = block[-1:]
                return
            block, self.skip = block[end + 1 :], self.skip - 1
        # what a quote or a carriage return is, the byte after it tells
        sure = len(block.rstrip(b'"\r'))
        if len(block) - sure > 1 << 16:
            self.regular = False
            return
        self.held, start = block[sure:], 0
        while start < sure:
            end = min(start + PIECE, sure)
            while block[end - 1] in b'"\r':
                end += 1
            self._count(block[start:end])
            start = end

    def found(self) -> Found:
        """What was counted, at the end of the file."""
        if self.regular and (self.held or self.before != LINE_FEED):
            self._count(self.held + b"\n")
        # the engine refuses a record with too few fields, so that the sum leaves none too many
        self.regular &= self.separators == self.records * (self.columns - 1)
        if not self.regular or self.inside:
            return Found(False)
        rows, shifts = (
            np.concatenate([np.zeros(0, np.int64), *(c[i] for c in self.changes)]) for i in (0, 1)
        )
        return Found(True, self.records, rows, shifts)

    def _count(self, block: bytes) -> None:
        data = np.frombuffer(block, np.uint8)
        feeds, returned = data == LINE_FEED, 0
        if b"\r" in block:
            returns = data == RETURN
            returned = int(np.count_nonzero(returns[:-1] & feeds[1:]))
            self.regular &= int(np.count_nonzero(returns)) == returned
        if self.inside or b'"' in block or self._has_blank(data, feeds, bool(returned)):
            self._count_with_care(data, feeds)
        else:
            n = int(np.count_nonzero(feeds))
            self._endings(n, returned)
            self.separators += int(np.count_nonzero(data == self.delimiter))
            # the first of these records may have begun lines before its end, the others not
            for i, begins in enumerate((self.begins, self.lines + 1)[:n]):
                self._note(np.array([self.records + i]), np.array([begins]))
            self.records, self.lines = self.records + n, self.lines + n
            self.begins = self.lines if n else self.begins
            self.blank = bool(feeds[-1])
        self.before = int(data[-1])

    def _has_blank(self, data: np.ndarray, feeds: np.ndarray, returned: bool) -> bool:
        """Whether a line may be blank: an end of line right after another."""
        if self.blank and data[0] in (LINE_FEED, RETURN):
            return True
        if (feeds[1:] & feeds[:-1]).any():
            return True
        return returned and bool((feeds[2:] & feeds[:-2] & (data[1:-1] == RETURN)).any())

    def _count_with_care(self, data: np.ndarray, feeds: np.ndarray) -> None:
        """Count a block with quotes or blank lines."""
        quotes, separators = data == QUOTE, data == self.delimiter
        within = _within(quotes, self.inside)
        self._quotes(quotes, within, feeds | separators | quotes | (data == RETURN))
        ends = np.flatnonzero(feeds & ~within)
        returned = data[ends - 1] == RETURN
        if len(ends) and ends[0] == 0:
            returned[0] = self.before == RETURN
        # an end of line right after an end of line is no record
        gap = np.diff(ends, prepend=-1 if self.blank else -9)
        blank = (gap == 1) | ((gap == 2) & returned)
        self._endings(len(ends), int(np.count_nonzero(returned)))
        self.separators += int(np.count_nonzero(separators & ~within))
        self._places(np.flatnonzero(feeds), ends, blank)
        self.blank = bool(len(ends)) and int(ends[-1]) == len(data) - 1
        self.inside = bool(within[-1])

    def _quotes(self, quotes: np.ndarray, within: np.ndarray, fits: np.ndarray) -> None:
        """Quotes must open after a separator and close before one, or stand in pairs; `fits` are
        the bytes beside which they may.
        """
        first = self.before in (self.delimiter, LINE_FEED, RETURN, QUOTE)
        # a carriage return before a quote is one alone
        wrong = bool(quotes[0] and within[0] and not first)
        wrong |= bool((quotes[1:] & within[1:] & ~fits[:-1]).any())
        self.regular &= not wrong and not (quotes[:-1] & ~within[:-1] & ~fits[1:]).any()

    def _endings(self, n: int, returned: int) -> None:
        """Lines must all end alike."""
        if n and self.crlf is None:
            self.crlf = returned > 0
        self.regular &= returned == (n if self.crlf else 0)

    def _places(self, feeds: np.ndarray, ends: np.ndarray, blank: np.ndarray) -> None:
        """Note where records begin: `feeds` and `ends` are where line feeds stand, and those that
        end a record or a blank line.
        """
        lines = self.lines + np.searchsorted(feeds, ends)
        begins = np.concatenate(([self.begins], lines + 1))[: len(ends)][~blank]
        self._note(self.records + np.arange(len(begins)), begins)
        self.records += len(begins)
        self.begins = int(lines[-1]) + 1 if len(lines) else self.begins
        self.lines += len(feeds)

    def _note(self, records: np.ndarray, begins: np.ndarray) -> None:
        """Note where the number of a record and that of its line come to differ otherwise."""
        shifts = begins - records
        changed = np.flatnonzero(np.diff(shifts, prepend=self.shift))
        if len(changed):
            self.changes.append((records[changed], shifts[changed]))
            self.shift = int(shifts[-1])


def _within(quotes: np.ndarray, inside: bool) -> np.ndarray:
    """Of each byte whether a quote is open after it: 64 bytes at once, each a bit of a number.

    >>> _within(np.array([False, True, False, True, False]), False).tolist()
    [False, True, True, False, False]
    """
    bits = np.packbits(quotes, bitorder="little")
    words = np.zeros(-(-len(bits) // 8), "<u8")
    words.view(np.uint8)[: len(bits)] = bits
    for shift in (1, 2, 4, 8, 16, 32):
        words ^= words << np.uint64(shift)
    # the last bit of a number says whether its quotes are odd
    odd = np.concatenate(([inside], (words >> np.uint64(63)).astype(bool)[:-1]))
    words[np.logical_xor.accumulate(odd)] ^= np.uint64(2**64 - 1)
    return np.unpackbits(words.view(np.uint8), count=len(quotes), bitorder="little").view(bool)
