"""From the engine's counted rows to cells: one small exact tally per group and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..domain.ends import FROM_START, LEFT_OUT, OTHER_CURRENCY
from ..domain.zones import FIRST_YEAR
from ..errors import LogError

if TYPE_CHECKING:
    import pyarrow as pa

# of charges as a share of value, summed beside the tally: the fen paid, the fen that the goods are
# worth, and that squared, in hundreds of yuan so that sums stay whole numbers
SUMS = ("paid_", "worth_", "squared_")
FITS = 2.0**62  # what floats sum to below this has room in 64 bits
PERIODS = {"month": 1, "quarter": 3, "year": 12}  # in months


@dataclass(frozen=True)
class Cell:
    """The tally of one group and period: equally long arrays, one entry per distinct outcome.

    `currency` is that of its money, None where it holds none or the log does not tell;
    `other_currencies` counts the lines left out since they are in another one.
    """

    group: tuple
    period: str | None
    value: np.ndarray
    end: np.ndarray
    n: np.ndarray
    total: np.ndarray
    weight: np.ndarray | None = None
    cluster: np.ndarray | None = None
    date_only: int = 0
    entry: np.ndarray | None = (
        None  # the age at which the cases came under observation; FROM_START from the start
    )
    currency: str | None = None
    other_currencies: tuple[tuple[str, int], ...] = ()
    # of charges as a share of value, as in SUMS
    paid: np.ndarray | None = None
    worth: np.ndarray | None = None
    squared: np.ndarray | None = None

    @cached_property
    def left_out(self) -> tuple[tuple[int, int], ...]:
        """How many cases are in no statistic, by the code of the cause."""
        if self.end.min(initial=0) >= 0:
            return ()
        counts = ((code, int(self.n[self.end == code].sum())) for code in LEFT_OUT)
        return tuple((code, count) for code, count in counts if count)


def cells_of(
    table: pa.Table, n_by: int, period: str | None = None, currency: str | None = None
) -> tuple[Cell, ...]:
    """Cells sorted by group and period, each by value, end, weight and cluster; `table` is Arrow,
    as `counted` gave it.

    Periods come as whole numbers counted from 1970 and leave with their names. `currency` is what
    money is in, unless the cells are grouped by it.
    """
    names = table.column_names
    arrays = {c: array_of(table[c]) for c in ("value", "end", "n", "total", "date_only")}
    heads = [_ranked(table[f"by_{i}"]) for i in range(n_by)]
    heads.append(_ranked(table["period"]) if "period" in names else (None, [None]))
    weight = array_of(table["weight"]) if "weight" in names else None
    cluster, labels = _ranked(table["cluster"]) if "cluster" in names else (None, ())
    entry = array_of(table["entry"], FROM_START) if "entry" in names else None
    money, names_of_money = _ranked(table["currency"]) if currency else (None, ())
    minor = [a for a in (entry, weight, cluster, money) if a is not None]
    group = np.zeros(table.num_rows, "int64")
    for place, values in heads:
        if place is not None:
            if (int(group.max(initial=0)) + 1) * len(values) >= 2**62:
                group = np.unique(group, return_inverse=True)[
                    1
                ]  # or a product of many columns would overflow
            group = group * len(values) + place
    order = _order([group, arrays["value"], arrays["end"], *minor])
    if not len(order):
        return ()
    group = group[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    columns = {name: arrays[name][order] for name in ("value", "end", "n", "total")}
    if entry is not None:
        columns["entry"] = entry[order]
    if weight is not None:
        columns["weight"] = weight[order]
    columns |= {c.rstrip("_"): array_of(table[c])[order] for c in SUMS if c in names}
    if cluster is not None:
        columns["cluster"] = np.array(labels, dtype=object)[cluster[order]]
    money = None if money is None else money[order]
    keys = zip(*(_values_at(head, order[starts]) for head in heads), strict=True)
    date_only = np.add.reduceat(arrays["date_only"][order], starts).tolist()
    ends = [*starts[1:].tolist(), len(order)]
    cells = []
    for key, start, end, coarse in zip(keys, starts.tolist(), ends, date_only, strict=True):
        held = {name: column[start:end] for name, column in columns.items()}
        if money is not None:
            held |= _money(held, money[start:end], names_of_money, currency)
        period_of = period_name(key[-1], period)
        cells.append(Cell(group=key[:-1], period=period_of, date_only=coarse, **held))
    return tuple(cells)


def summed(table: pa.Table, columns: Sequence[int]) -> pa.Table:
    """Counted rows of several asks by some of their group columns, which are numbered anew: the
    same outcomes, with fewer groups. OverflowError where a sum has no room in 64 bits.
    """
    import pyarrow as pa

    groups = {f"by_{i}": f"by_{place}" for place, i in enumerate(columns)}
    told = [c for c in (*groups, "period", "currency") if c in table.column_names]
    ranks = [place for place, _ in map(_ranked, table.select(told).columns)]
    keys = [array_of(table["ask"]), *ranks, array_of(table["value"]), array_of(table["end"])]
    order = _order(keys)
    new = np.zeros(len(order), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= np.diff(key[order]) != 0
    starts = np.flatnonzero(new)

    def column(numbers: np.ndarray) -> pa.Array:
        held = pa.py_buffer(np.ascontiguousarray(numbers, "int64"))
        return pa.Array.from_buffers(pa.int64(), len(numbers), [None, held])

    first = table.take(column(order[starts]))
    made = {groups.get(c, c): first[c] for c in first.column_names if c in groups or c[:3] != "by_"}
    for name in ("n", "total", "date_only"):
        numbers = array_of(table[name])
        if np.abs(numbers.astype(float)).sum() >= FITS:
            raise OverflowError
        made[name] = column(np.add.reduceat(numbers[order], starts))
    return pa.table(made)


def _values_at(head: tuple[np.ndarray | None, Sequence], rows: np.ndarray) -> list:
    """What the rows hold of one ranked column; None where there is no such column."""
    place, values = head
    return [None] * len(rows) if place is None else [values[i] for i in place[rows].tolist()]


def _money(
    held: Mapping[str, np.ndarray], money: np.ndarray, names: Sequence, currency: str | None
) -> dict[str, Any]:
    """The currency of one cell, and how many lines of it are in another."""
    other = held["end"] == OTHER_CURRENCY
    own = [names[i] for i in np.unique(money[~other]).tolist() if names[i] is not None]
    counts = [
        (names[i], int(held["n"][other & (money == i)].sum()))
        for i in np.unique(money[other]).tolist()
    ]
    return {"currency": own[0] if own else currency, "other_currencies": tuple(counts)}


def array_of(column: pa.ChunkedArray | pa.Array, empty: float = np.nan) -> np.ndarray:
    """A column of numbers as NumPy holds them, `empty` where there is none.

    Arrow's own `to_numpy` and `fill_null` load pandas first, which takes longer than many a query.
    """
    column = _whole(column)
    if not column.null_count:
        return np.from_dlpack(column)
    found = np.full(len(column), empty)
    found[np.from_dlpack(column.is_valid().cast("uint8")) == 1] = np.from_dlpack(column.drop_null())
    return found


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece; one without rows has none, and Arrow would load pandas to join it."""
    if not hasattr(column, "combine_chunks"):
        return column
    if not column.num_chunks:
        import pyarrow as pa

        return pa.nulls(0, column.type)
    return column.combine_chunks()


def _ranked(column: pa.ChunkedArray) -> tuple[np.ndarray, list]:
    """The place of each row's value among the column's distinct values in the order of their text,
    empty last.
    """
    whole = _whole(column)
    if hasattr(whole, "dictionary_decode"):
        whole = whole.dictionary_decode()  # or its nulls would have no place of their own
    coded = _whole(whole.dictionary_encode("encode"))
    values = coded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=lambda i: (values[i] is None, str(values[i])))
    rank = np.empty(len(values), "int64")
    rank[order] = np.arange(len(values))
    named = [values[i] for i in order if values[i] is not None]
    return rank[np.from_dlpack(coded.indices)], [*named, None]


def _order(keys: list[np.ndarray]) -> np.ndarray:
    """The order by several whole numbers; packed into one where they fit, which sorts several times
    faster.
    """
    if not len(keys[0]):
        return np.zeros(0, "int64")
    lows = [int(k.min()) for k in keys]
    spans = [int(k.max()) - low + 1 for k, low in zip(keys, lows, strict=True)]
    room = 1
    for span in spans:
        room *= span
    if room >= 2**62:
        return np.lexsort(keys[::-1])
    packed = np.zeros(len(keys[0]), "int64")
    for key, low, span in zip(keys, lows, spans, strict=True):
        packed = packed * span + (key - low)
    # no two rows of a tally are alike, so that any sort gives one order
    return np.argsort(packed)


@cache
def period_name(number: int | None, period: str | None) -> str | None:
    """The name of a period counted from 1970 on.

    >>> period_name(620, "month"), period_name(206, "quarter"), period_name(51, "year")
    ('2021-09', '2021-Q3', '2021')
    """
    if number is None or period is None:
        return None
    year, part = divmod(number, 12 // PERIODS[period])
    year += FIRST_YEAR
    return {"month": f"{year}-{part + 1:02}", "quarter": f"{year}-Q{part + 1}", "year": f"{year}"}[
        period
    ]


def month_number(name: str) -> int:
    """Months since January 1970 of a month's name.

    >>> month_number("2021-09")
    620
    """
    year, month = name.split("-")
    return 12 * (int(year) - FIRST_YEAR) + int(month) - 1


def period_number(name: str, period: str) -> int:
    """The number of a period counted from 1970 on, by its name.

    >>> period_number("2021-09", "month"), period_number("2021-Q3", "quarter")
    (620, 206)
    """
    year, _, part = name.partition("-")
    of_year = int(part.removeprefix("Q")) - 1 if part else 0
    return (int(year) - FIRST_YEAR) * (12 // PERIODS[period]) + of_year


def check_period(period: str | None) -> None:
    """LogError for a period that is none."""
    if period is not None and period not in PERIODS:
        raise LogError(f"unknown period {period!r}", "period", f"write one of {', '.join(PERIODS)}")
