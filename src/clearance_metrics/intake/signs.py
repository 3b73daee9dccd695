"""Signs and words that owners' files hold and what they stand for, read from signs.toml beside this
module.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

from ..domain.cells import ABSENT as ABSENT
from ..domain.cells import FALSE as FALSE
from ..domain.cells import TRUE as TRUE
from .sql import quote

_WORDS = tomllib.loads(files(__package__).joinpath("signs.toml").read_text(encoding="utf-8"))
ERROR_CELLS = tuple(_WORDS["cell"]["errors"])
FORENOON = tuple(_WORDS["half_day"]["forenoon"])
AFTERNOON = tuple(_WORDS["half_day"]["afternoon"])
HOUR = _WORDS["half_day"]["hour"]
MONEY = {name: tuple(words) for name, words in _WORDS["money"].items()}

# signs of full width stand as far from those of half width as the first from "!"
_SHIFT = 0xFF01 - ord("!")
_LETTERS = "".join(chr(n) for n in range(ord("0"), ord("z") + 1) if chr(n).isalnum())
_SIGNS = "".join(chr(n) for n in range(ord("!"), ord("~") + 1))
# no-break, figure, thin, narrow and ideographic spaces, and the minus and yuan signs of typesetters
_ODD = {0xA0: " ", 0x2007: " ", 0x2009: " ", 0x202F: " ", 0x3000: " ", 0x2212: "-", 0xFFE5: "\xa5"}
SPACES = " \t\r\n\v\f" + "".join(chr(n) for n, sign in _ODD.items() if sign == " ")
INVISIBLE = r"[\x{200B}-\x{200F}\x{2060}\x{FEFF}]"


def _wide(signs: str) -> str:
    return "".join(chr(ord(sign) + _SHIFT) for sign in signs)


def narrow(text: str) -> str:
    """The text with signs of half width and plain spaces.

    >>> narrow("２０２１\u3000Ａ：￥")
    '2021 A:¥'
    """
    table = str.maketrans(_wide(_SIGNS), _SIGNS) | _ODD
    return text.translate(table)


def narrowed(text: str) -> str:
    """SQL of the same."""
    wide = _wide(_SIGNS) + "".join(map(chr, _ODD))
    return f"translate({text}, {quote(wide)}, {quote(_SIGNS + ''.join(_ODD.values()))})"


def narrowed_letters(text: str) -> str:
    """SQL of the text with letters and digits of half width; brackets and the like are part of
    names.
    """
    return f"translate({text}, {quote(_wide(_LETTERS))}, {quote(_LETTERS)})"


def bare(text: str) -> str:
    r"""SQL of the text without the marks that programs put around it: spaces of every kind, signs
    that nobody sees, the apostrophe and ="..." by which a spreadsheet keeps a text a text.

    >>> import duckdb
    >>> marked = "'\t=\"0123\"\u200b '"
    >>> duckdb.sql(f"SELECT {bare(marked)}").fetchall()
    [('0123',)]
    """
    seen = f"regexp_replace({text}, '{INVISIBLE}', '', 'g')"
    inside = rf"""regexp_replace(trim({seen}, {quote(SPACES)}), '^="(.*)"$', '\1')"""
    # the apostrophe stands for itself where the text ends with one as well
    plain = f"regexp_replace(trim({inside}, {quote(SPACES)}), '^''(.*[^''])$', '\\1')"
    return f"trim({plain}, {quote(SPACES)})"


def any_of(words: Iterable[str]) -> str:
    """A pattern of any of these words, the longest first."""
    return "|".join(map(escaped, sorted(words, key=len, reverse=True)))


def escaped(text: str) -> str:
    r"""A text as a pattern that it alone fits; the engine's patterns take a backslash before signs
    alone.

    >>> escaped("a.b (c)")
    'a\\.b \\(c\\)'
    """
    return re.sub(r"([\\.+*?()|\[\]{}^$/-])", r"\\\1", text)
