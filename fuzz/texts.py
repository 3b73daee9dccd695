"""Cells with what is known of them: which a reader has to take, which it has to refuse."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

GOOD_TIMES = (
    "2021-09-01 08:30",
    "2021-09-01 08:30:15",
    "2021-09-01",
    "2021-09-01T08:30:15+08:00",
    "2021-09-01 08:30:15.250",
    "2022-02-28 23:59:59",
    " 2021-09-01 08:30 ",
)
BAD_TIMES = ("soon", "2021-13-01", "2021-02-30 08:00", "31/12/2021", "08:30", "2021", "1", "0", "-")
ODD_TIMES = (
    "2021-09-01 24:00",
    "2021-9-1 8:30",
    "20210901083000",
    "44440.3541666667",
    "1630456200",
    "9999-12-31",
    "2021-09-01 08:30 CST",
    "2021-09-01 下午 3:20",
    "２０２１-０９-０１",
    "#N/A",
    "NULL",
    "2021-09-01\t08:30",
)
CODES = ("申报", "放行")
BAD_CODES = ("", "备注", "申報", "申报 放行", "declared")
NOTES = (
    "",
    "a",
    "ab cd",
    " ab",
    "甲乙丙",
    "O'Neil",
    "a;b",
    "a|b",
    "a\tb",
    "a,b",
    '12" box',
    'say "yes"',
    '"',
    '""',
    "two\nlines",
    "two\r\nlines",
    "NULL",
    "NA",
    "=1+1",
    "合计",
    "🚢",
    "é",
    "0012",
    "1.50",
    "-",
    "\\",
    "\\n",
    "'",
    "x" * 300,
)
ODD_IDS = ("", " ", "4.21021E+17", '="0012"', "'0012", "\u200b12", "０１２", "NA", "null", "合计")
BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]")
MARKS = "=\"'"


def case_id(rng: Random, number: int) -> str:
    """An identifier, mostly of a kind no reader may touch.

    >>> case_id(Random(1), 7)
    '42021011000000007'
    """
    if rng.random() < 0.06:
        return rng.choice(ODD_IDS)
    return rng.choice((f"42021011{number:09}", f"C{number}", f"0{number:04}", f"编号{number}"))


def bare(text: str | None) -> str:
    """An identifier without the signs that exports set around it.

    >>> bare('="0012"'), bare(" ０１２ ")
    ('0012', '012')
    """
    return BLANKS.sub("", unicodedata.normalize("NFKC", text or "")).strip(MARKS)


def garbled(rng: Random, raw: bytes, most: int = 4) -> bytes:
    """The bytes with some of them changed, taken out or doubled.

    >>> garbled(Random(2), b"abcdef", 1)
    b'Vbcdef'
    """
    data = bytearray(raw)
    for _ in range(rng.randint(1, most)):
        if not data:
            break
        at, way = rng.randrange(len(data)), rng.random()
        if way < 0.6:
            data[at] = rng.randrange(256)
        elif way < 0.75:
            del data[at : at + rng.randint(1, 20)]
        elif way < 0.9:
            data[at:at] = data[at : at + rng.randint(1, 20)]
        else:
            del data[at:]
    return bytes(data)


def second_of(text: str, zone: str) -> int | None:
    """The instant of a sound time; a date is told at noon.

    >>> second_of("2021-09-01 08:30", "UTC"), second_of("", "UTC")
    (1630485000, None)
    """
    if not text.strip():
        return None
    moment = datetime.fromisoformat(text.strip())
    if len(text.strip()) == 10:
        moment += timedelta(hours=12)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return int(aware.timestamp() // 1)
