"""What a box pays in all, before and after: a price index of the whole basket, so that no fee hides
in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ..domain.as_of import AsOf
from ..domain.ends import ENDED
from ..domain.metrics import Condition, Fee
from ..domain.windows import months
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError
from ..statistics.price_index import fisher
from ..statistics.sample import Estimate
from .estimates import pooled


@dataclass(frozen=True)
class Basket:
    """Fisher price index of all charges per TEU, `after` against `before`; 0.98 is 2 % cheaper at
    the same traffic.

    `value` is the change of the sum paid, `quantity` that of the traffic; `items` holds yuan per
    TEU of each charge item before and after, None where it was not charged. `left_out` cases lie in
    groups that one period lacks.
    """

    before: str
    after: str
    price: Estimate
    quantity: float | None
    value: float | None
    laspeyres: float | None
    paasche: float | None
    groups: int
    n_before: int
    n_after: int
    left_out: int
    no_teu: int
    per_teu: tuple[float | None, float | None]
    items: tuple[tuple[str, float | None, float | None], ...]

    def to_dict(self) -> dict[str, object]:
        """A flat record, the items as a list."""
        record = {k: v for k, v in self.__dict__.items() if k not in ("price", "items")}
        items = [dict(zip(("item", "before", "after"), row, strict=True)) for row in self.items]
        return record | {
            "price": self.price.value,
            "low": self.price.low,
            "high": self.price.high,
            "items": items,
        }


def basket(
    log: EventLog,
    before: tuple[str, str],
    after: tuple[str, str],
    *,
    as_of,
    strata: str | Iterable[str] = ("port", "kind"),
    items: Iterable[str] | None = None,
    concordance: Mapping[str, str] | None = None,
    where: Condition | None = None,
) -> Basket:
    """Charges per TEU of two spans of months ("2021-04", "2021-09"), their prices apart from their
    mix.

    The goods are the groups of `strata`: a group's price is all its yuan per TEU, so an item that
    is folded into another changes nothing. `items` keeps some (give old and new ones together),
    `concordance` sums old names under new ones in `items` of the answer. Source: see
    `statistics.price_index.fisher`.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": list("abcd"), "milestone": "customs_released", "time": 0})
    >>> cases = pl.DataFrame({"case_id": list("abcd"), "kind": "import", "port": list("xyxy"), "teu": [1, 1, 1, 3]})
    >>> lines = pl.DataFrame({"case_id": list("abcd"), "item": ["old", "old", "new", "new"],
    ...     "amount_fen": [1000, 2000, 1000, 6000], "charged_on": ["2021-01-05"] * 2 + ["2022-01-05"] * 2})
    >>> log = EventLog(events, cases, lines)
    >>> found = basket(log, ("2021-01", "2021-01"), ("2022-01", "2022-01"), as_of="2022-12-31")
    >>> found.price.value, round(found.per_teu[1] / found.per_teu[0], 3)
    (1.0, 1.167)
    """
    strata = (strata,) if isinstance(strata, str) else tuple(strata)
    good = all(
        re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(m)) for span in (before, after) for m in span
    )
    spans = [months(*span) for span in (before, after)] if good else [[], []]
    if not all(spans) or set(spans[0]) & set(spans[1]):
        raise LogError(
            f"{before} and {after} are not two spans of months apart",
            "basket",
            '("2021-04", "2021-09")',
        )
    when = AsOf.of(as_of, log.timezone)
    kept = tuple(items) if items else None

    def cells(metric: Fee, by: tuple[str, ...]) -> list[dict[tuple, Cell]]:
        found: list[dict[tuple, list[Cell]]] = [{}, {}]
        for cell in tally(log, metric, as_of=when, by=by, period="month"):
            for side, span in zip(found, spans, strict=True):
                if cell.period in span:
                    side.setdefault(cell.group, []).append(cell)
        return [{group: pooled(cs) for group, cs in side.items()} for side in found]

    metric = Fee(per="teu", items=kept, where=where)
    old, new = cells(metric, strata)
    both = sorted(set(old) & set(new), key=str)
    both = [g for g in both if _priced(old[g]) and _priced(new[g])]
    prices = [[_price(side[g]) for g in both] for side in (old, new)]
    (p0, q0, e0), (p1, q1, e1) = (np.array(p).T if p else np.zeros((3, 0)) for p in prices)
    exact = bool(len(p0)) and bool(np.isfinite(e0).all() and np.isfinite(e1).all())
    index = fisher(p0, q0, p1, q1, *((e0, e1) if exact else (None, None)))
    counts = [sum(_n(side[g]) for g in both) for side in (old, new)]
    lost = sum(_n(c) for side in (old, new) for g, c in side.items() if g not in both)
    blank = sum(int(c.n[c.end != ENDED].sum()) for side in (old, new) for c in side.values())
    whole = [_per_teu(list(side.values())) for side in (old, new)]
    listed = _items(cells(metric, ("item",)), old, new, concordance or {})
    return Basket(
        "..".join(before),
        "..".join(after),
        index.price,
        index.quantity,
        index.value,
        index.laspeyres,
        index.paasche,
        len(both),
        *counts,
        lost,
        blank,
        (whole[0], whole[1]),
        listed,
    )


def _items(sides: list, old: Mapping, new: Mapping, concordance: Mapping[str, str]) -> tuple:
    """Yuan of each item (old names under new ones) over the TEU of all cases, whether they paid it
    or not.
    """
    teu = [
        sum(int((c.weight * c.n)[c.end == ENDED].sum()) for c in side.values())
        for side in (old, new)
    ]
    sums: list[dict[str, int]] = [{}, {}]
    for side, found in zip(sides, sums, strict=True):
        for (item,), cell in side.items():
            name = concordance.get(item, item)
            found[name] = found.get(name, 0) + int(cell.total[cell.end == ENDED].sum())
    names = sorted({*sums[0], *sums[1]})
    sides = tuple(zip(sums, teu, strict=True))
    return tuple((n, *(s[n] / 100 / t if n in s and t else None for s, t in sides)) for n in names)


def _n(cell: Cell) -> int:
    return int(cell.n[cell.end == ENDED].sum())


def _priced(cell: Cell) -> bool:
    return bool((cell.weight * cell.n)[cell.end == ENDED].sum())


def _price(cell: Cell) -> tuple[float, float, float]:
    """Yuan per TEU, TEU, and the linearised standard error of the ratio (not a number under two
    cases).
    """
    kept = cell.end == ENDED
    value, weight, n = cell.value[kept] / 100, cell.weight[kept].astype("float64"), cell.n[kept]
    teu, cases = float((weight * n).sum()), int(n.sum())
    price = float((value * n).sum() / teu)
    if cases < 2:
        return price, teu, float("nan")
    spread = ((value - price * weight) ** 2 * n).sum() * cases / (cases - 1)
    return price, teu, float(np.sqrt(spread) / teu)


def _per_teu(cells: list[Cell]) -> float | None:
    teu = sum(int((c.weight * c.n)[c.end == ENDED].sum()) for c in cells)
    return sum(int(c.total[c.end == ENDED].sum()) for c in cells) / 100 / teu if teu else None


__all__ = ["Basket", "basket"]
