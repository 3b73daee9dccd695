"""What `ageing` answers: the bands of each group, as table and picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import NothingToShow
from ..results.display import NONE, Display, head_word
from ..results.periods import listed
from ..results.table import LANG, Record
from ..results.wording import capital
from ..results.words import figure, joined, say, unit_word
from ..statistics.reasons import Reason
from .parts import percent
from .waiting import Groups, OfWaiting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# the youngest first
BANDS = ("below_median", "median_to_p75", "p75_to_p90", "p90_to_p95", "over_p95")
ALL = "all"  # where too few are finished to tell one age from another
BARS = 40  # of one picture
Named = tuple[tuple[str, tuple[str, ...]], ...]  # milestones, and what there is to say of them


@dataclass(frozen=True, kw_only=True)
class AgeingRow(Record):
    """The open cases of one group in one band: older than `above`, at most `at_most` (in units;
    None where the band has no such end).

    `share`: of the `n_open` cases of the group that are open; `oldest`: the largest age in the
    band; `n_finished`: the finished cases whose percentiles part the bands.
    """

    groups: Groups
    band: str
    above: float | None
    at_most: float | None
    n: int
    share: float | None
    oldest: float | None
    n_open: int
    n_finished: int
    unit: str
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The band in words."""
        return say(f"waiting.{self.band}", lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class Ageing(OfWaiting[AgeingRow]):
    """What `ageing` answers: of each group the bands, the oldest first, so that `.cases()` lists
    the cases that have waited longest. `past`: the first and last day of the finished cases.
    """

    rows: tuple[AgeingRow, ...]
    as_of: str
    metric: str
    unit: str
    past: str
    shown = ("band", "n", "share", "oldest", "n_open", "n_finished", "unit")
    empty = "waiting.none_open"

    _finished: int = 0  # cases in the past that it stands beside
    _doubted: tuple[Reason, ...] = ()  # why its open cases seem to be missing
    _untold: Named = ()

    def cases(self, row: Any = 0, **asked: Any) -> Any:
        """The open cases of a band, the oldest first, as of `ResultTable.cases`: without a row
        those of the oldest band that has any. NothingToShow where no case is open.
        """
        if not self.rows:
            none = NothingToShow("no case is open", "cases", "look at what is finished")
            raise none.found(capital(self._headline(self.lang)))
        first = next((i for i, one in enumerate(self.rows) if one.n), 0)
        return super().cases(first if row == 0 and isinstance(row, int) else row, **asked)

    def _beware(self, lang: str) -> str:
        told = list(self._remarks)
        for code, milestones in self._untold:
            names = listed((self.word("milestone", name, lang) for name in milestones), lang)
            told.append(Reason(f"waiting.{code}", milestones=names))
        return joined(told, lang, "report.gap")

    def _together(self) -> dict[Groups, list[AgeingRow]]:
        found: dict[Groups, list[AgeingRow]] = {}
        for row in self.rows:
            found.setdefault(row.groups, []).append(row)
        return found

    def _headline(self, lang: str) -> str:
        about = self._caption(lang)
        told: dict[str, Any]
        together = self._together()
        n = sum(rows[0].n_open for rows in together.values())
        if not n and self._standing:
            return say("headline.none", lang, metric=about, why=self._cause(self.empty))
        if not n:
            first, _, last = self.past.partition("..")
            told = {"about": about, "why": self._doubted, "first": first, "last": last}
            code = "unsure" if self._doubted else "none" if self._finished else "nothing"
            return say(f"waiting.headline_{code}", lang, **told)
        late = [row for row in self.rows if row.band == BANDS[-1]]
        # open cases of groups with too few finished ones are neither late nor in time
        untold = sum(row.n for row in self.rows if row.band == ALL)
        if n == untold:
            return say("waiting.headline_few", lang, about=about, n=n)
        told = {"about": about, "n": n - untold, "late": sum(row.n for row in late)}
        told["share"] = told["late"] / told["n"]
        told["apart"] = Reason("waiting.apart", n=untold) if untold else ""
        if not self.rows[0].groups:
            told |= {"limit": late[0].above, "unit": self._unit(lang)}
            return say("waiting.headline", lang, **told)
        most = max(late, key=lambda row: (row.n, row.n_open))
        if not most.n:
            return say("waiting.headline_no_late", lang, **told)
        told |= {"group": self._group(most.groups, lang), "most": most.n}
        return say("waiting.headline_groups", lang, **told)

    def _range(self, row: AgeingRow, lang: str) -> str:
        unit = self._unit(lang)
        if row.above is None and row.at_most is None:
            return ""
        if row.at_most is None:
            return say("waiting.over", lang, low=row.above, unit=unit)
        if row.above is None:
            return say("waiting.up_to", lang, high=row.at_most, unit=unit)
        return say("waiting.between", lang, low=row.above, high=row.at_most, unit=unit)

    def _told(self, row: AgeingRow, lang: str) -> str:
        """A band with its limits."""
        limits, band = self._range(row, lang), row.label(lang)
        return say("parts.of_cases", lang, about=band, cases=limits) if limits else band

    def _table(self, lang: str) -> Display:
        together = self._together()
        if not together:
            return Display((say(self.empty, lang),), ())
        several = len(together) > 1 or bool(self.rows[0].groups)
        unit = unit_word(self.unit, lang)
        asked = self.asked(lang)
        own = "waiting.oldest_hours" if self.unit == "hours" else "waiting.oldest"
        oldest = say(own, lang, unit=unit)
        if not several:
            heads = [say(f"waiting.{c}", lang) for c in ("band", "limits")]
            heads += [say("waiting.open_cases", lang), head_word("share", lang), oldest]
            single = [
                (row.label(lang), self._range(row, lang), *self._counted(row, lang))
                for row in self.rows
            ]
            return Display(heads, single, caption=asked, numbers=range(2, 5))
        groups = [name for name, _ in self.rows[0].groups]
        known = [b for b in (*reversed(BANDS), ALL) if any(r.band == b for r in self.rows)]
        heads = [head_word(name, lang) for name in groups] + [say("waiting.open_cases", lang)]
        heads += [say(f"waiting.{band}", lang) for band in known] + [oldest]
        cells = []
        for key, rows in together.items():
            by_band = {row.band: row for row in rows}
            told = [self.group_word(column, value, lang) for column, value in key]
            told.append(figure(rows[0].n_open, 0, lang))
            for band in known:
                row = by_band.get(band)
                told.append(NONE if row is None else figure(row.n, 0, lang))
            ages_ = [row.oldest for row in rows if row.oldest is not None]
            told.append(self._age(max(ages_), lang) if ages_ else NONE)
            cells.append(tuple(told))
        return Display(heads, cells, caption=asked, numbers=range(len(groups), len(heads)))

    def _counted(self, row: AgeingRow, lang: str) -> tuple[str, str, str]:
        share = NONE if row.share is None else percent(row.share, lang)
        oldest = NONE if row.oldest is None else self._age(row.oldest, lang)
        return figure(row.n, 0, lang), share, oldest

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.groups import bars, stacked

        together = self._together()
        if not any(row.n for row in self.rows):
            raise NothingToShow("there is nothing to draw", "chart", "no case is open")
        if len(together) > BARS:
            what = f"{len(together)} bars do not fit one picture"
            raise NothingToShow(what, "chart", "ask for fewer groups")
        unit = say("waiting.open_cases", lang)
        if not self.rows[0].groups:
            told = [{"label": self._told(row, lang), "value": row.n} for row in self.rows]
            return bars(told, title=title, source=source, unit=unit)
        parts = {
            self._group(key, lang): [(r.label(lang), float(r.n)) for r in reversed(rows)]
            for key, rows in together.items()
        }
        return stacked(parts, title=title, source=source, unit=unit, digits=0)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"
