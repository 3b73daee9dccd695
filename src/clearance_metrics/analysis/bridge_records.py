"""What a bridge answers: its terms as records, in words, as a sentence and as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import NothingToShow
from ..results.block import Block
from ..results.display import NONE, Display, head_word
from ..results.table import LANG, Record, amount
from ..results.wording import period_words
from ..results.words import figure, joined, say, statistic_word, unit_word
from ..statistics.reasons import Reason
from .caution import Figures, OfChange, signed, stage_said

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENDS = ("before", "after")
ASIDE = "bridge.nothing_beside"  # why one end has no value where the other has none


Ends = tuple[float | None, float | None]


@dataclass(frozen=True, kw_only=True)
class BridgeRow(Record):
    """One term. `value` of before and after is the statistic, of the others what they add; `n` are
    the cases beside it.

    For a group's own change `share` and `level` hold its share of cases and its statistic on either
    side.
    """

    term: str
    stage: str = ""
    factor: str = ""
    groups: tuple[tuple[str, object], ...]
    value: float | None
    low: float | None
    high: float | None
    n_before: int
    n_after: int
    share_before: float | None = None
    share_after: float | None = None
    level_before: float | None = None
    level_after: float | None = None
    unit: str
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The term in words, with the stage, factor or group that it is about."""
        return self.named(lang, lambda _, value: str(value))

    def named(self, lang: str, group_word: Callable[[str, object], str]) -> str:
        """The same, with the words that an answer has for values of its groups."""
        stage = stage_said(self.stage) if self.stage else None
        own = [group_word(*pair) for pair in self.groups] if self.term == "own" else []
        if stage and self.term == "own" and not own:
            return say("bridge.stage", lang, stage=stage)
        factors = [head_word(name, lang) for name in (self.factor or "").split(", ") if name]
        about = tuple(part for part in (stage, *factors, *own) if part)
        term = Reason(f"bridge.{self.term}")
        return say("bridge.about", lang, term=term, about=about) if about else say(term, lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class Bridge(OfChange[BridgeRow]):
    """What `bridge` answers. The rows between the first and the last add up to their difference.

    `warnings` are reasons for care; `before` and `after` say what was asked, `method` how it is
    split.
    """

    rows: tuple[BridgeRow, ...]
    metric: str
    statistic: str
    before: str
    after: str
    method: str
    as_of: str
    warnings: tuple[Reason, ...] = ()
    shown = ("value", "low", "high", "n_before", "n_after", "unit", "label", "note")
    _own: Ends = (None, None)  # the interval of all groups' own change together

    @property
    def refused(self) -> tuple[Reason, ...]:
        """Why there is no bridge; empty where there is one."""
        if all(row.value is not None for row in (self.rows[0], self.rows[-1])):
            return ()
        told = [why for row in self.rows for why in row.reasons if why.code != ASIDE]
        return tuple(dict.fromkeys(told)) or (Reason("no_cases"),)

    def _caption(self, lang: str) -> str:
        told = {"before": period_words(self.before, lang), "after": period_words(self.after, lang)}
        told["statistic"] = statistic_word(self.statistic, "", lang)
        return say("change.sides", lang, metric=self.named(lang), **told)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.bridge import waterfall

        if self.refused:
            raise NothingToShow("there is no bridge to draw", "chart", self.rows[0].said(LANG))
        if len(self.rows) == len(ENDS):
            raise NothingToShow("there are no terms to draw", "chart", "see the table")
        unit = unit_word(self.rows[0].unit, lang)
        rows = [row.to_dict() | {"label": self._term(row, lang)} for row in self.rows]
        return waterfall(rows, lang=lang, title=title, source=source, unit=unit)

    def _headline(self, lang: str) -> str:
        """From one side to the other, and how much of it is composition, or which stage adds most;
        or why there is none.
        """
        first, *terms, last = self.rows
        if self.refused:
            shared = self.refused[0].code == "bridge.overlap"  # which says what the sides are
            about = self.named(lang) if shared else self._caption(lang)
            return say("change.none", lang, about=about, why=self.refused[:1])
        ends = {
            "was": amount(first.value or 0.0, first.unit, lang),
            "now": amount(last.value or 0.0, last.unit, lang),
        }
        asked = {"before": period_words(self.before, lang), "after": period_words(self.after, lang)}
        asked["statistic"] = statistic_word(self.statistic, "", lang)
        whole = signed((last.value or 0.0) - (first.value or 0.0), first.unit)
        told = say("change.ends", lang, metric=self.named(lang), change=whole, **asked, **ends)
        parts = _parts(terms, (last.value or 0.0) - (first.value or 0.0), self._own)
        said = say("change.split", lang, told=told, parts=parts) if parts else told
        if not self.warnings:
            return said
        return say("headline.warned", lang, told=said, warning=self.warnings[0])

    def block(self, lang: str | None = None) -> Block:
        """The finding, the table and what to know; without a bridge its reason alone."""
        block = super().block(lang)
        if not self.refused:
            return block
        return replace(block, parts=(), note=self._nobody_noted(lang))

    def _table(self, lang: str) -> Display:
        """A row per term: what it adds, its cases, and a group's level and share on either side."""
        if self.refused:
            return Display((joined(self._why(), lang),), ())
        unit = self.rows[0].unit
        figures = Figures([row.to_dict() for row in self.rows], lang)
        statistic = statistic_word(self.statistic, "", lang)
        value = self._headed(unit_word(unit, lang), lang)
        heads = [say("field.term", lang), value, say("change.n", lang)]
        heads += [say(f"change.level_{side}", lang, statistic=statistic) for side in ENDS]
        heads += [say(f"change.share_{side}", lang) for side in ENDS]
        rows = []
        for row in self.rows:
            levels = [figures(unit, level) for level in (row.level_before, row.level_after)]
            shares = [_share(share, lang) for share in (row.share_before, row.share_after)]
            told = [why for why in row.reasons if why.code == "bridge.few"]
            label = "\n".join([self._term(row, lang), *(say(why, lang) for why in told)])
            added = figures(unit, row.value, row.low, row.high)
            rows.append((label, added, _count(row, lang), *levels, *shares))
        # a stage is passed by all cases: its shares say nothing
        staged = all(row.stage for row in self.rows if row.term not in ENDS)
        width = 5 if staged else 7
        kept = [i for i in range(width) if i < 3 or any(row[i] != NONE for row in rows)]
        return Display(
            [heads[i] for i in kept],
            [[row[i] for i in kept] for row in rows],
            caption=self.asked(lang),
            numbers=range(1, len(kept)),
        )

    def _warned(self, lang: str) -> Iterable[Reason]:
        yield from (Reason("change.warning", warning=why) for why in self.warnings)
        for row in self.rows:
            for why in row.reasons:
                if why.code not in ("bridge.few", ASIDE):
                    yield Reason("change.warning", warning=_on_side(row, why))
        if len(self.rows) > len(ENDS):
            yield Reason("change.method", method=self.method)
            staged = any(row.stage for row in self.rows)
            yield Reason("change.of_stages" if staged else "change.of_groups")

    def _why(self) -> tuple[Reason, ...]:
        """Why there are no terms, each reason with the side that it is about."""
        if len(set(self.refused)) == 1:
            return self.refused
        ends = (self.rows[0], self.rows[-1])
        return tuple(_on_side(r, why) for r in ends for why in r.reasons if why.code != ASIDE)

    def _caution(self) -> tuple[Reason, ...]:
        return (Reason("change.caution"),)

    def _term(self, row: BridgeRow, lang: str) -> str:
        """A term, its groups in the words that this answer has for them."""
        return row.named(lang, lambda column, value: self.group_word(column, value, lang))

    def __repr__(self) -> str:
        head = f"{self.metric}, {self.statistic}: {self.before} to {self.after}"
        head += f", as of {self.as_of} ({self.method})"
        return "\n".join([head, *(f"! {say(why, LANG)}" for why in self.warnings), str(self)])


def _parts(terms: list[BridgeRow], change: float, own: Ends = (None, None)) -> tuple[Reason, ...]:
    """What a sentence says of the terms: the largest stage, or composition, own change and groups
    that came or went.
    """
    known = [row for row in terms if row.value is not None]
    stages: dict[str, list[BridgeRow]] = {}
    for row in known:
        if row.stage:
            stages.setdefault(row.stage, []).append(row)
    if stages:
        sums = {name: sum(row.value or 0.0 for row in rows) for name, rows in stages.items()}
        most = (min if change < 0 else max)(sums, key=lambda name: sums[name])
        (row, *others) = stages[most]
        ends = () if others else (row.low, row.high)
        value = signed(sums[most], row.unit, *ends)
        return (Reason("change.largest", stage=stage_said(most), value=value),)
    told = []
    for term, code in (("composition", "mix"), ("own", "own"), (None, "moved")):
        rows = [r for r in known if (r.term == term if term else r.term in ("left", "entered"))]
        if not rows:
            continue
        alone = rows[0] if len(rows) == 1 and term == "composition" else None
        ends = own if term == "own" else () if alone is None else (alone.low, alone.high)
        value = signed(sum(r.value or 0.0 for r in rows), rows[0].unit, *ends)
        told.append(Reason(f"change.{code}", value=value))
    return tuple(told)


def _on_side(row: BridgeRow, why: Reason) -> Reason:
    """What must be known of one end, with the side that it stands on."""
    if row.term not in ENDS:
        return why
    return Reason("bridge.on_side", side=Reason(f"bridge.{row.term}"), why=why)


def _share(share: float | None, lang: str) -> str:
    return NONE if share is None else say("table.percent", lang, share=share)


def _count(row: BridgeRow, lang: str) -> str:
    if row.term in ENDS:
        return figure(row.n_before or row.n_after, 0, lang)
    return say("change.counts", lang, before=row.n_before, after=row.n_after)
