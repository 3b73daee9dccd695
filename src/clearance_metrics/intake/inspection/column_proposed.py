"""The line that maps one column: its header, or a table with all that its values ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from ...domain.synonyms import ROLE_COLUMNS, clean, has_table, is_plan
from ..columns import AMOUNTS, INTEGERS, TIMES
from ..signs import FALSE, TRUE
from .columns_seen import ColumnSeen, as_text, is_amount, is_number
from .layouts import Laid
from .names_meant import SURE, Found, is_zone, spec, truth_table
from .said import Said, one_line, shapes
from .times_seen import TimesSeen

YES_AND_NO = frozenset([*TRUE, *FALSE])
LIKELY = 0.6
ODD_DIGITS = (5, 7, 9)


@dataclass(frozen=True)
class Line:
    """A line of the mapping: key and value, how sure, why, and what a person must decide.

    `table` is "" for keys of the file itself. A line that is `off` stands as a comment.
    """

    table: str
    key: str
    value: object
    sure: str = "sure"
    why: tuple[Said, ...] = ()
    asks: tuple[Said, ...] = ()
    off: bool = False
    column: ColumnSeen | None = None


def sureness(score: float) -> str:
    """sure, likely or ask."""
    return "sure" if score >= SURE else "likely" if score >= LIKELY else "ask"


def column_line(file: Laid, found: Found) -> Line:
    """The line for one of our columns."""
    column, name = found.column, found.name
    table = ROLE_COLUMNS.get(file.role, "column")
    if name in TIMES:
        return time_line(file, "columns", name, column, found.score)
    value: dict[str, object] = {"column": column.header}
    why = [Said("by_values" if found.by_values else "by_header"), filled(column, file.sample.whole)]
    asks: list[Said] = []
    known = spec(name, table)
    money = name in AMOUNTS or known.type == "amount"
    if money or known.type == "integer" or name in INTEGERS:
        why += _no_numbers(column, money)
    if money:
        _amount(column, value, asks)
    elif (known.values or name in ("channel", "currency")) and has_table(name):
        _values(column, name, value, why, asks, fixed=bool(known.values))
    elif known.type == "boolean":
        _values(column, truth_table(column, name), value, why, asks, fixed=False)
    elif name == "hs_chapter":
        _chapter(column, value, asks)
    elif name in ("case_id", "line_id", "bill", "box") and column.inexact:
        asks.append(Said("inexact", values=[one_line(v) for v in column.inexact]))
    if column.no_value:
        value["no_value"] = list(column.no_value)
        why.append(Said("no_value", values=_counted(column, column.no_value)))
    sure = sureness(found.score)
    if sure == "ask" and not asks:
        asks.append(Said("ask_meaning", header=column.header, name=name))
    whole = value if len(value) > 1 else column.header
    return Line("columns", name, whole, sure, tuple(why), tuple(asks), column=column)


def time_line(file: Laid, table: str, name: str, column: ColumnSeen, score: float) -> Line:
    """The line for a column of times."""
    times = column.times
    if times is None:
        return Line(table, name, column.header, "ask", column=column)
    value: dict[str, object] = {"column": column.header}
    why: list[Said] = [Said("by_header")] if score else []
    asks: list[Said] = []
    formats = times.format_list(_order(file))
    if column.header in file.days:
        day = file.days[column.header]
        value = {"columns": [day, column.header]}
        formats = _both(file, day, formats)
        why.append(Said("day_and_clock", day=day))
        late = _past_midnight(file, day)
        if late:
            asks.append(Said("ask_midnight", day=day, n=late))
    elif times.native and times.date_only and column.header in file.sample.midnights:
        # read as parts that are joined, a midnight is left out: these are dates
        value = {"columns": [column.header]}
        why.append(Said("midnights"))
    if times.number:
        value["number"] = times.number
    if formats and not times.number:
        value["formats"] = formats
    if times.serials:
        # texts in other shapes are read beside the numbers
        value["number"] = "excel"
        why.append(Said("serials", n=sum(times.unread[v] for v in times.serials)))
        score = min(score, LIKELY)
    _marks(column, times, value, why)
    zone = next((c for c in file.columns if is_zone(c)), None)
    if zone and not times.date_only and not times.zones:
        value["zone_column"] = zone.header
        bad = [as_text(v) for v in zone.told if as_text(v) in shapes()["ambiguous_zones"]]
        asks += [Said("ask_zone", values=bad)] if bad else []
    if times.ambiguous_zones:
        asks.append(Said("ask_zone", values=times.ambiguous_zones))
    if times.open:
        asks.append(Said("ask_order", example=one_line(_open_example(column)), format=formats[0]))
    if any("%I" in f and "%p" not in f for f in formats):
        asks.append(Said("ask_half"))
    why.append(_read(_dated(file, column), times, file.sample.whole))
    whole = value if len(value) > 1 or "columns" in value else column.header
    return Line(table, name, whole, sureness(score), tuple(why), tuple(asks), column=column)


def filled(column: ColumnSeen, whole: bool = True) -> Said:
    """How much of a column is filled, and how many values differ; of a sample that is said."""
    share = percent(column.rows_told / max(column.n, 1))
    code = "filled" if whole else "filled_seen"
    return Said(code, share=share, n=column.n, distinct=column.distinct)


def percent(share: float, digits: int = 0) -> str:
    """A share in percent: all of it and none of it are said of nothing else.

    >>> percent(1), percent(0.9996), percent(0.9996, 1), percent(0.0004), percent(0.5)
    ('100', '99', '99.9', '1', '50')
    """
    step = 10.0**-digits
    told = round(100 * share, digits)
    if 0 < share < 1:
        told = min(max(told, step), 100 - step)
    return f"{told:g}"


def _past_midnight(file: Laid, day: str) -> int:
    """Rows in which a time of day is earlier than the one in the column before it."""
    clocks = [c for c in file.columns if file.days.get(c.header) == day]
    count = 0
    for row in file.sample.rows if len(clocks) > 1 else ():
        told = [as_text(row[c.place]).strip() for c in clocks if row[c.place] not in (None, "")]
        told = [text.rjust(5, "0") if text[1:2] == ":" else text for text in told]
        count += told != sorted(told)
    return count


def _dated(file: Laid, column: ColumnSeen) -> TimesSeen | None:
    """The times that tell the days of a column: of a time of day, those of its day's column."""
    day = file.column(file.days.get(column.header, column.header))
    return day.times if day else None


def _read(dated: TimesSeen | None, times: TimesSeen, whole: bool) -> Said:
    odd = sum(n for v, n in times.unread.items() if re.search(r"\d", as_text(v)))
    of = times.read + odd
    share = percent(times.read / max(of, 1), 1)
    code = "dates_read" if times.date_only else "times_read"
    code = code if whole else f"{code}_seen"
    first, last = (dated.first, dated.last) if dated else (None, None)
    return Said(code, share=share, n=of, first=str(first), last=str(last))


def _marks(column: ColumnSeen, times: TimesSeen, value: dict[str, object], why: list[Said]) -> None:
    """Texts that mean "no time": known marks, years that stand for never, words without digits."""
    never = [as_text(v) for v in times.never]
    spoken = [as_text(v) for v in times.unread if not re.search(r"\d", as_text(v))]
    none = [*column.no_value, *never, *spoken]
    if none:
        value["no_value"] = none
        why.append(Said("no_value", values=_counted(column, none)))
    gone = {*spoken, *map(as_text, times.serials)}
    odd = {v: n for v, n in times.unread.items() if as_text(v) not in gone}
    if odd:
        some = [one_line(as_text(v), 24) for v in list(odd)[:3]]
        why.append(Said("unread", n=sum(odd.values()), values=some))


def _counted(column: ColumnSeen, values: list[str] | tuple[str, ...]) -> list[str]:
    told = {as_text(v): n for v, n in column.counts.items()}
    return [f"{one_line(v, 24)} ×{told.get(v, 0):,}" for v in values[:4]]


def _order(file: Laid) -> str:
    """The order of day and month that other columns of the file tell."""
    known = {c.times.order_known for c in file.columns if c.times} - {""}
    return known.pop() if len(known) == 1 else ""


def _open_example(column: ColumnSeen) -> str:
    return next((as_text(v) for v in column.told), "")


def _both(file: Laid, day: str, clocks: list[str]) -> list[str]:
    """Formats of a day and a time of day joined by a space; none where that is ISO."""
    column = file.column(day)
    days = column.times.format_list(_order(file)) if column and column.times else []
    if not days and set(clocks) <= {"%H:%M", "%H:%M:%S"}:
        return []
    return [f"{d} {c}" for d, c in product(days or ["%Y-%m-%d"], clocks or ["%H:%M"])]


def _values(
    column: ColumnSeen,
    name: str,
    value: dict[str, object],
    why: list[Said],
    asks: list[Said],
    *,
    fixed: bool,
) -> None:
    """The owner's values beside ours, where they differ; those without a meaning are asked for."""
    _, found = column.meaning(name)
    told = {as_text(v): n for v, n in column.told.items()}
    pairs = {
        text: ours
        for text, ours in found.items()
        if text != ours and not (ours in ("true", "false") and text.casefold() in YES_AND_NO)
    }
    if name == "currency":
        found = {t: t for t in told if re.fullmatch(r"[A-Z]{3}", t)} | found
    if pairs:
        # beside a list of values, a word of ours passes only where the vocabulary fixes them
        value["values"] = pairs if fixed else found
        why.append(Said("values", n=len(pairs)))
    unknown = {text: n for text, n in told.items() if text not in found}
    if unknown:
        some = [f"{one_line(t, 20)} ×{n:,}" for t, n in list(unknown.items())[:5]]
        asks.append(Said("ask_values", n=len(unknown), values=some, name=name))


def _chapter(column: ColumnSeen, value: dict[str, object], asks: list[Said]) -> None:
    lengths = {len(re.sub(r"\D", "", as_text(v))) for v in column.told}
    if lengths and max(lengths) > 2:
        value["prefix"] = 2
        odd = sorted(lengths & set(ODD_DIGITS))
        if odd:
            asks.append(Said("ask_zero", digits=odd[0]))


def _no_numbers(column: ColumnSeen, money: bool) -> list[Said]:
    """What stands among the numbers and is none: its rows will be rejected."""
    read = is_amount if money else is_number
    odd = {as_text(v): n for v, n in column.told.items() if not read(v)}
    some = [f"{one_line(t, 20)} ×{n:,}" for t, n in list(odd.items())[:3]]
    return [Said("no_numbers", n=sum(odd.values()), values=some)] if odd else []


def _amount(column: ColumnSeen, value: dict[str, object], asks: list[Said]) -> None:
    """Unit and signs of an amount."""
    words = set(re.split(r"[\s()\uff08\uff09/\-_:]+", clean(column.header)))
    if column.decimal_comma:
        value["decimal"] = ","
    if column.brackets:
        value["negative"] = "brackets"
    for unit in ("fen", "wan"):
        if words & set(shapes()[unit]):
            value["unit"] = unit
            return
    texts = [as_text(v) for v in list(column.told)[:500]]
    marked = words & set(shapes()["yuan"]) or any(not re.fullmatch(r"-?\d+", t) for t in texts)
    if not marked and texts:
        asks.append(Said("ask_unit", header=column.header, example=one_line(texts[0])))


def is_left_out(column: ColumnSeen) -> bool:
    """Whether a column of times is a plan, which is no fact."""
    return column.times is not None and is_plan(column.header)
