"""Identifiers are text, digit for digit: the marks that files put around them, and what is left of
one that passed through a floating-point number, as SQL that every engine can say.
"""

from __future__ import annotations

from .sql import value

# columns that name a thing, in whichever table they stand
IDENTIFIERS = ("case_id", "line_id", "bill", "box", "enterprise")
# from here on two whole numbers may share one floating-point number, by its width in bits
EXACT_BELOW = {16: 2**11, 32: 2**24, 64: 2**53}
# the no-break and the ideographic space too, as files from the web and from offices have them
SPACES = " \t\n\r\u00a0\u3000"
# nothing is seen of these: zero width, direction, soft hyphen, byte order
UNSEEN = "".join(map(chr, [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF]))
# digits and letters as wide as a Chinese sign, and what they stand for
WIDE = "".join(map(chr, [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]))
NARROW = "".join(chr(ord(sign) - 0xFEE0) for sign in WIDE)
# as spreadsheets show text that looks like a number: ="00123" and '00123
OPENED, CLOSED, APOSTROPHE = value('="'), value('"'), value("'")
MARKED = f"^[{SPACES}']|^=\"|[{SPACES}]$|[{WIDE}{UNSEEN}]"
# as spreadsheets, Python and Java write numbers that are too long for them
# and as a floating-point number is written that happens to be whole: 1001.0
ROUNDED = r"[+-]?([0-9]\.[0-9]+[eE][+]?[0-9]+|[0-9]+[eE][+][0-9]+|[0-9]+\.0*)"


def marked(text: str) -> str:
    """Whether signs that are no part of an identifier stand around or in it.

    >>> marked("case_id").startswith("regexp_matches(case_id, ")
    True
    """
    return f"regexp_matches({text}, {value(MARKED)})"


def unmarked(text: str) -> list[str]:
    """The identifier without such signs, in steps: each is SQL of `text`, which holds what the step
    before it gave.

    >>> len(unmarked("case_id"))
    4
    """
    spaces = value(SPACES)
    return [
        f"trim({_seen(text)}, {spaces})",
        f"CASE WHEN left({text}, 2) = {OPENED} AND right({text}, 1) = {CLOSED}"
        f" THEN substr({text}, 3, length({text}) - 3) ELSE {text} END",
        f"CASE WHEN left({text}, 1) = {APOSTROPHE} THEN substr({text}, 2) ELSE {text} END",
        f"nullif(trim({text}, {spaces}), '')",
    ]


def rounded(text: str) -> str:
    """Whether the text is a number as floating-point ones are written: digits of it may be lost.

    >>> rounded("bill").startswith("regexp_matches(bill, '^")
    True
    """
    return f"regexp_matches({text}, {value(f'^{ROUNDED}$')})"


def suspect(text: str) -> str:
    """Whether the text is `marked` or `rounded`: seen at once, where most are neither.

    >>> suspect("bill").startswith("regexp_matches(bill, ")
    True
    """
    return f"regexp_matches({text}, {value(f'{MARKED}|^{ROUNDED}$')})"


def _seen(text: str) -> str:
    """Without signs of no width, in half-width digits and letters."""
    return f"translate({text}, {value(WIDE + UNSEEN)}, {value(NARROW)})"
