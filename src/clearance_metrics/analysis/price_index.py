"""price_index(): what a box pays in all, before and after, as one index of all charges, so that no
fee hides in another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..domain.arguments import check_groups, check_level, months_of, names_of
from ..domain.as_of import AsOf
from ..domain.ends import ENDED, UNKNOWN
from ..domain.metrics import Condition, Fee
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import NothingToShow
from ..results.block import Block
from ..results.display import Display
from ..results.table import Single
from ..results.wording import NONE, number, period_words
from ..results.words import joined, say, unit_word
from ..statistics.price_index import fisher
from ..statistics.reasons import Reason
from ..statistics.sample import Estimate
from .estimates import pooled, unit_in

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class PriceIndex(Single):
    """Fisher price index of all charges per TEU, `after` against `before`; 0.98 is 2 % cheaper at
    the same traffic.

    `value` is the change of the sum paid, `quantity` that of the traffic, all ratios; `items` holds
    what each charge item comes to per TEU before and after, None where it was not charged,
    `per_teu` that of all together, in `unit`; `merged` names those that are several compared as
    one. `strata` are those that both periods have; `left_out` cases lie in others, of `no_teu` the
    TEU is not known.
    """

    _hushed = ()  # its sentence says how many cases lie in other strata

    before: str
    after: str
    price: Estimate
    quantity: float | None
    value: float | None
    laspeyres: float | None
    paasche: float | None
    strata: int
    n_before: int
    n_after: int
    left_out: int
    no_teu: int
    per_teu: tuple[float | None, float | None]
    items: tuple[tuple[str, float | None, float | None], ...]
    as_of: str
    unit: str = "CNY per TEU"
    merged: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    shown = ("before", "after", "price", "low", "high", "quantity", "n_before", "n_after", "note")

    def _headline(self, lang: str) -> str:
        """The price of the same traffic, after against before."""
        spans = {name: period_words(getattr(self, name), lang) for name in ("before", "after")}
        if self.price.value is None:
            return say("headline.no_index", lang, **spans, why=self.reasons[:1])
        bounds: object = ""
        if self.price.low is not None:
            ends = {"low": self.price.low, "high": self.price.high}
            bounds = Reason("headline.index_bounds", **ends)
        change = {"change": self.price.value - 1, "value": self.price.value, "bounds": bounds}
        return say("headline.index", lang, **spans, **change)

    def _caption(self, lang: str) -> str:
        """What the table is of."""
        return say("index.about", lang)

    def _table(self, lang: str) -> Display:
        """What each item comes to per TEU in both spans, all items together last."""
        unit = unit_word(self.unit, lang)
        spans = [
            say("index.in_unit", lang, name=period_words(span, lang), unit=unit)
            for span in (self.before, self.after)
        ]
        heads = [say("index.item", lang), *spans, say("index.change", lang)]
        rows = [(self.group_word("item", n, lang), was, now) for n, was, now in self.items]
        if any(per_teu is not None for per_teu in self.per_teu):
            rows.append((say("index.total", lang), self.per_teu[0], self.per_teu[1]))
        if not rows:
            return Display((say("reason.no_cases", lang),), ())
        cells = [
            (name, number(was, lang=lang), number(now, lang=lang), _change(was, now, lang))
            for name, was, now in rows
        ]
        return Display(heads, cells, caption=self.asked(lang), numbers=(1, 2, 3))

    def _beware(self, lang: str) -> str:
        """How it is made, what it leaves out, and which items are compared as one."""
        told: list[Reason] = []
        if self.price.value is not None:
            facts = {"before": self.n_before, "after": self.n_after, "left_out": self.left_out}
            ratios = {"value": self.value, "price": self.price.value, "quantity": self.quantity}
            told.append(Reason("index.method", n=self.strata, **facts, **ratios))
            told += [why for why in self.reasons if why.code != "fisher"]
        if self.no_teu:
            told.append(Reason("index.no_teu", n=self.no_teu))
        if self.merged:
            told.append(Reason("index.merged", names=self.merged))
        return joined([*told, *self._remarks], lang, "report.gap")

    def block(self, lang: str | None = None) -> Block:
        """The finding with its table, or in words why there is none."""
        made = super().block(lang)
        return made if self.items else replace(made, parts=())

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """What each item comes to per TEU, before and after."""
        from ..results.charts.groups import dots

        panels = {}
        for place, (span, n) in enumerate(
            ((self.before, self.n_before), (self.after, self.n_after))
        ):
            told = [
                (self.group_word("item", item, lang), pair[place]) for item, *pair in self.items
            ]
            words = period_words(span, lang)
            panels[words] = [{"label": item, "value": v, "n": n} for item, v in told]
        if not self.items:
            raise NothingToShow("there is nothing to draw", "chart", "see the note")
        return dots(panels, title=title, source=source, unit=unit_word(self.unit, lang))

    def _filed(self, lang: str) -> list[dict[str, Any]]:
        """A row per item, all together and the index of the same traffic last."""
        unit, low, high = unit_word(self.unit, lang), self.price.low, self.price.high
        rows = [(self.group_word("item", n, lang), was, now) for n, was, now in self.items]
        rows.append((say("index.total", lang), *self.per_teu))
        filed: list[dict[str, Any]] = [
            {"item": name, "before": was, "after": now, "unit": unit}
            | {"change": now / was - 1 if was and now is not None else None}
            | {"low": None, "high": None}
            for name, was, now in rows
        ]
        index = {"item": say("index.same_traffic", lang), "before": 1.0, "after": self.price.value}
        if self.price.value is None:
            return filed
        ends = {"low": None if low is None else low - 1, "high": None if high is None else high - 1}
        return [*filed, index | {"unit": "", "change": self.price.value - 1} | ends]

    def to_dict(self) -> dict[str, Any]:
        """A flat record, the price with its interval, the items as a list of records."""
        items = [dict(zip(("item", "before", "after"), row, strict=True)) for row in self.items]
        price = {"price": self.price.value, "low": self.price.low, "high": self.price.high}
        return super().to_dict() | price | {"items": items}


@asked_of_log
def price_index(
    log: EventLog,
    *,
    before: tuple[str, str],
    after: tuple[str, str],
    as_of: object = None,
    strata: str | Iterable[str] = ("port", "kind"),
    items: Iterable[str] | None = None,
    concordance: Mapping[str, str] | None = None,
    where: Condition | None = None,
    level: float = 0.95,
) -> PriceIndex:
    """Charges per TEU of two spans of months ("2021-04", "2021-09"), their prices apart from their
    mix.

    The goods are the groups of `strata`: a group's price is all its yuan per TEU, so an item that
    is folded into another changes nothing. `items` keeps some (give old and new ones together),
    `concordance` sums old names under new ones in `items` of the answer. Source: see
    `statistics.price_index.fisher`. Spans that share a month have no index, and the answer says so.
    LogError for names the log does not have.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, price_index
    >>> ids, old, new = list("abcd"), ("2021-01", "2021-01"), ("2022-01", "2022-01")
    >>> events = pl.DataFrame({"case_id": ids, "milestone": "customs_released", "time": 0})
    >>> cases = {"case_id": ids, "kind": "import", "port": list("xyxy"), "teu": [1, 1, 1, 3]}
    >>> lines = pl.DataFrame({"case_id": ids, "item": ["old", "old", "new", "new"],
    ...     "amount_fen": [1000, 2000, 1000, 6000],
    ...     "charged_on": ["2021-01-05"] * 2 + ["2022-01-05"] * 2})
    >>> log = EventLog(events, pl.DataFrame(cases), lines)
    >>> found = price_index(log, before=old, after=new, as_of="2022-12-31")
    >>> found.price.value, round(found.per_teu[1] / found.per_teu[0], 3)
    (1.0, 1.167)
    """
    strata = names_of(strata)
    check_groups(strata)
    check_level(level)
    spans = [months_of(before, "before"), months_of(after, "after")]
    shared = sorted(set(spans[0]) & set(spans[1]))
    when = AsOf.of(as_of, log.timezone)
    metric = Fee(per="teu", items=tuple(items) if items else None, where=where)

    def cells(by: tuple[str, ...]) -> list[dict[tuple, Cell]]:
        found: list[dict[tuple, list[Cell]]] = [{}, {}]
        for cell in tally(log, metric, as_of=when, by=by, period="month"):
            for side, span in zip(found, spans, strict=True):
                if cell.period in span:
                    side.setdefault(cell.group, []).append(cell)
        return [{group: pooled(cs) for group, cs in side.items()} for side in found]

    old, new = sides = cells(strata)
    spanned: dict[str, Any] = {
        "before": "..".join(before),
        "after": "..".join(after),
        "as_of": when.text,
    }
    unit = unit_in(log, metric)
    if shared:
        return _none(Reason("index.overlap", first=shared[0], last=shared[-1]), unit, **spanned)
    both = sorted(set(old) & set(new), key=str)
    both = [g for g in both if _teu(old[g]) and _teu(new[g])]
    prices = [[_price(side[g]) for g in both] for side in sides]
    (p0, q0, e0), (p1, q1, e1) = (np.array(p).T if p else np.zeros((3, 0)) for p in prices)
    exact = bool(len(p0)) and bool(np.isfinite(e0).all() and np.isfinite(e1).all())
    index = fisher(p0, q0, p1, q1, *((e0, e1) if exact else (None, None)), level)
    counts = [sum(_n(side[g]) for g in both) for side in sides]
    teu = [sum(_teu(cell) for cell in side.values()) for side in sides]
    fen = [sum(_fen(cell) for cell in side.values()) for side in sides]
    per_teu = [paid / 100 / units if units else None for paid, units in zip(fen, teu, strict=True)]
    listed = _items(cells(("item",)), teu, concordance or {})
    asked = set((concordance or {}).values())
    others = sum(
        (Counter(dict(c.other_currencies)) for side in sides for c in side.values()), Counter()
    )
    elsewhere = tuple(Reason("other_currency", n=n, currency=c) for c, n in sorted(others.items()))
    return PriceIndex(
        **spanned,
        price=index.price,
        quantity=index.quantity,
        value=index.value,
        laspeyres=index.laspeyres,
        paasche=index.paasche,
        strata=len(both),
        n_before=counts[0],
        n_after=counts[1],
        left_out=sum(_n(c) for side in sides for g, c in side.items() if g not in both),
        no_teu=sum(int(c.n[c.end == UNKNOWN].sum()) for side in sides for c in side.values()),
        per_teu=(per_teu[0], per_teu[1]),
        items=listed,
        unit=unit,
        merged=tuple(item for item, *_ in listed if item in asked),
        reasons=(*index.price.reasons, *elsewhere),
    )


def _none(why: Reason, unit: str, **spans: Any) -> PriceIndex:
    """No index, and why."""
    return PriceIndex(
        **spans,
        price=Estimate.refused(why),
        quantity=None,
        value=None,
        laspeyres=None,
        paasche=None,
        strata=0,
        n_before=0,
        n_after=0,
        left_out=0,
        no_teu=0,
        per_teu=(None, None),
        items=(),
        unit=unit,
        reasons=(why,),
    )


def _change(was: float | None, now: float | None, lang: str) -> str:
    """By which share a price has changed; nothing where one of the two is not there."""
    return say("index.changed", lang, change=now / was - 1) if was and now is not None else NONE


def _items(sides: list[dict], teu: list[int], concordance: Mapping[str, str]) -> tuple:
    """Yuan of each item (old names under new ones) over the TEU of all cases, whether they paid it
    or not.
    """
    sums: list[dict[str, int]] = [{}, {}]
    for side, found in zip(sides, sums, strict=True):
        for (item,), cell in side.items():
            name = concordance.get(item, item)
            found[name] = found.get(name, 0) + _fen(cell)
    names, told = sorted({*sums[0], *sums[1]}), tuple(zip(sums, teu, strict=True))
    return tuple((n, *(s[n] / 100 / t if n in s and t else None for s, t in told)) for n in names)


def _n(cell: Cell) -> int:
    return int(cell.n[cell.end == ENDED].sum())


def _teu(cell: Cell) -> int:
    return int((cell.weight * cell.n)[cell.end == ENDED].sum())


def _fen(cell: Cell) -> int:
    return int(cell.total[cell.end == ENDED].sum())


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


__all__ = ["PriceIndex", "price_index"]
