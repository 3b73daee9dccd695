"""What became of the rows of a log, and what looks wrong in it, as tables that show themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..statistics.reasons import Reason
from .block import Block
from .display import NONE, Display
from .record import Record
from .table import ResultTable, Row
from .withheld import anonymous, few, refused, with_note
from .words import figure, joined, say, term

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORT = 12  # signs of a checksum that tell files apart


class Quality(ResultTable[Row]):
    """What the answers about a log's rows share: without rows they are a sentence alone."""

    about = ""

    def _caption(self, lang: str) -> str:
        return say(f"quality_table.{self.about}", lang)

    _withheld: tuple[Reason, ...] = ()  # what is left out for small cells

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer; kinds of few rows are left out, and no single case is named."""
        counts = ("n", "second", "minute", "day")  # of a row, and how exactly its times are known
        rows = tuple(
            anonymous(row)
            for row in self.rows
            if not any(few(getattr(row, name, None), k) for name in counts)
        )
        left = len(self.rows) - len(rows)
        told = (Reason("part.left_out", n=left, k=k),) if left else ()
        return self._with(rows=rows, _behind=refused, _withheld=told)

    def block(self, lang: str | None = None) -> Block:
        """The finding, and the table where there are rows."""
        made = with_note(super().block(lang), self._withheld, lang or self.lang)
        return made if len(self) else replace(made, parts=())

    def _shows(
        self,
        lang: str,
        codes: Sequence[str],
        cells: Sequence[Sequence[str]],
        numbers: Iterable[int],
    ) -> Display:
        heads = [say(f"quality.{code}", lang) for code in codes]
        return Display(heads, cells, caption=self.caption(lang), numbers=numbers)


@dataclass(frozen=True, kw_only=True)
class FileRow(Record):
    """A file: the rows read, and what became of them; its role and its checksum."""

    file: str
    role: str
    rows_read: int
    accepted: int
    rejected: int
    duplicates: int
    left_out: int
    sha256: str

    @property
    def adds_up(self) -> bool:
        """Whether every row read is accounted for."""
        return self.rows_read == self.accepted + self.rejected + self.duplicates + self.left_out


@dataclass(frozen=True, kw_only=True, repr=False)
class Receipt(Quality[FileRow]):
    """What `receipt` answers: a row per file, and the sums in `totals`."""

    rows: tuple[FileRow, ...]
    totals: Mapping[str, int]
    made: bool = True
    undecided: int = 0  # questions of the mapping that nobody has answered
    of_whole: bool = False  # asked of a part, of which no row can be told
    as_of: str = ""
    about = "receipt"
    shown = ("file", "rows_read", "accepted", "rejected", "duplicates", "left_out", "sha256")

    @property
    def adds_up(self) -> bool:
        """Whether every row read is accounted for, in each file and in the sums."""
        names = ("accepted", "rejected", "duplicates", "left_out")
        whole = sum(self.totals.get(name, 0) for name in names)
        return all(row.adds_up for row in self.rows) and self.totals.get("rows_read", 0) == whole

    def _counts(self) -> list[str]:
        """What is counted; what the mapping leaves out has no column where it leaves nothing."""
        names = ["rows_read", "accepted", "rejected", "duplicates"]
        return names + ["left_out"] * bool(self.totals.get("left_out"))

    def _headline(self, lang: str) -> str:
        if not self.made:
            return say("quality.no_receipt", lang)
        counts = self._counts()
        read = self.totals["rows_read"]
        if not read:
            return say("standing.no_rows_read", lang)
        share = self.totals["accepted"] / read
        code = "quality.receipt_left_out" if "left_out" in counts else "quality.receipt"
        told = say(code, lang, share=share, **{k: self.totals[k] for k in counts})
        return say("part.of_whole", lang, told=told) if self.of_whole else told

    def _beware(self, lang: str) -> str:
        if not self.rows:
            return ""
        told = [Reason("quality.adds_up" if self.adds_up else "quality.does_not_add_up")]
        told += [Reason("quality.undecided", n=self.undecided)] if self.undecided else []
        return joined(told, lang, "report.gap")

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        counts = self._counts()
        cells = [
            (r.file, *(figure(getattr(r, k), 0, lang) for k in counts), r.sha256[:SHORT])
            for r in self.rows
        ]
        sums = [figure(self.totals[k], 0, lang) for k in counts]
        cells.append((say("quality.total", lang), *sums, ""))
        return self._shows(lang, ["file", *counts, "sha256"], cells, range(1, len(counts) + 1))


@dataclass(frozen=True, kw_only=True)
class RejectRow(Record):
    """A rule, the rows it rejected, and the first of them."""

    rule: str
    n: int
    file: str
    line: int | None
    column: str
    value: str
    labelled = True

    def label(self, lang: str = "en") -> str:
        """The rule in words."""
        return term("rule", self.rule, lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class Rejects(Quality[RejectRow]):
    """What `rejects` answers: a row per rule."""

    rows: tuple[RejectRow, ...]
    made: bool = True
    as_of: str = ""
    about = "rejects"
    shown = ("rule", "n", "file", "line", "value")

    def _headline(self, lang: str) -> str:
        if not self.made:
            return say("quality.no_receipt", lang)
        if not self.rows:
            return say("quality.none_rejected", lang)
        most = max(row.n for row in self.rows)
        rules = [row.label(lang) for row in self.rows if row.n == most]
        if len(rules) > 1:
            named = say("quality.mark_between", lang).join(rules)
            return say("quality.commonest_tied", lang, rules=named, n=most)
        return say("quality.commonest", lang, rule=rules[0], n=most)

    def _beware(self, lang: str) -> str:
        return say("quality.where_rejects_are", lang) if self.rows else ""

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        cells = [
            (
                row.label(lang),
                figure(row.n, 0, lang),
                say("quality.example", lang, place=place_of(row.file, row.line), value=row.value)
                if row.file
                else NONE,
                term("remedy", row.rule, lang),
            )
            for row in self.rows
        ]
        return self._shows(lang, ["rule", "rows", "of", "what_to_do"], cells, (1,))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..errors import NothingToShow
        from .charts.groups import bars

        if not self.rows:
            raise NothingToShow("no row was rejected", "chart", "nothing is to be done")
        ordered = sorted(self.rows, key=lambda row: -row.n)
        rows = [{"label": row.label(lang), "value": row.n} for row in ordered]
        return bars(rows, title=title, source=source, unit=say("quality.rows", lang))


def place_of(file: str, line: int | None) -> str:
    """A row's file, and its line where that is known."""
    return file if line is None else f"{file}:{line}"


@dataclass(frozen=True, kw_only=True)
class CoverageRow(Record):
    """A milestone's events, and how many are timed to the second, the minute and the day; None
    where that is not told apart.
    """

    milestone: str
    n: int
    second: int | None
    minute: int | None
    day: int


@dataclass(frozen=True, kw_only=True, repr=False)
class Coverage(Quality[CoverageRow]):
    """What `coverage` answers: a row per milestone."""

    rows: tuple[CoverageRow, ...]
    cases_without_attributes: int | None = None
    charges_without_case: int | None = None
    as_of: str = ""
    about = "coverage"
    shown = ("milestone", "n", "second", "minute", "day")

    def _headline(self, lang: str) -> str:
        events = sum(row.n for row in self.rows)
        if not events:
            return say("standing.no_events", lang)
        by_day = sum(row.day for row in self.rows) / events
        kinds = len(self.rows)
        if not by_day:
            return say("quality.coverage_fine", lang, milestones=kinds, n=events)
        return say("quality.coverage", lang, milestones=kinds, n=events, by_day=by_day)

    def _beware(self, lang: str) -> str:
        if self.cases_without_attributes is None or self.charges_without_case is None:
            return say("quality.dates", lang)
        cases, charges = self.cases_without_attributes, self.charges_without_case
        told = (
            Reason("quality.unmatched_cases", n=cases),
            Reason("quality.unmatched_charges", n=charges),
            Reason("quality.dates"),
        )
        return say("report.gap", lang).join(say(reason, lang) for reason in told)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return super()._table(lang)
        finer = any(row.second is not None for row in self.rows)
        names = [*(("second", "minute") if finer else ()), "day"]
        cells = [
            (
                self._named(row, lang),
                figure(row.n, 0, lang),
                *(figure(getattr(row, name) or 0, 0, lang) for name in names),
            )
            for row in self.rows
        ]
        return self._shows(lang, ["milestone", "events", *names], cells, range(1, len(names) + 2))

    def _named(self, row: CoverageRow, lang: str) -> str:
        """The milestone in words, and below them the name that questions use."""
        told = self.word("milestone", row.milestone, lang)
        return told if told == row.milestone else f"{told}\n{row.milestone}"
