"""What `violations` and `exceedances` answer: single lines and cases, rule by rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from ..errors import LogError, NoIndicator, NothingToShow, closest
from ..results.block import Block, Text
from ..results.display import LONGEST, NONE, Display, digits_of, measured, whole_days
from ..results.overview import Charged
from ..results.table import LANG, ResultTable
from ..results.withheld import SINGLES, refused
from ..results.words import check_language, figure, in_words, joined, say, term, unit_word
from ..statistics.reasons import Reason
from .violation_rows import Rule, Violation, counted
from .violation_summary import summary_of, without_small

if TYPE_CHECKING:
    from matplotlib.figure import Figure


DERIVED = "D"  # a rate worked out from published charges, of which no table was seen


@dataclass(frozen=True, kw_only=True, repr=False)
class Violations(ResultTable[Violation]):
    """What `violations` and `exceedances` answer; the largest excess of each indicator first.

    `rules` are those that were asked about, with the counts of all that break them, by month and
    item; `no_data` names the indicators whose columns the log lacks; `once` is `charged` where not
    all rows are listed.
    """

    rows: tuple[Violation, ...]
    as_of: str
    no_data: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = field(default=())
    notice: str = ""
    once: Charged | None = None
    empty = "violations.no_rows"
    shown = (
        "indicator",
        "case_id",
        "line_id",
        "item",
        "port",
        "charged_on",
        "amount",
        "rule",
        "rate",
        "tariff",
        "excess",
        "unit",
    )

    def __repr__(self) -> str:
        return self.told(LANG)

    def told(self, lang: str) -> str:
        """The head, the table and what there is no data for."""
        head = say("breach.listed", check_language(lang), n=len(self.rows), day=self.as_of)
        missing = (
            say("breach.lacking", lang, indicator=name, column=what) for name, what in self.no_data
        )
        return "\n".join((head, str(self.table(lang)), *missing))

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer; rules keep their counts where these are not small, and no single line
        or case is listed.
        """
        told, rules = (Reason(SINGLES),), without_small(self.rules, k, hidden)
        return self._with(rows=(), rules=rules, once=None, _behind=refused, _remarks=told)

    def of(self, indicator: Any) -> Self:
        """What concerns one of the rules, by its indicator or the name of that; LogError for one
        that was not asked about.
        """
        indicator = getattr(indicator, "id", indicator)
        known = [rule.indicator for rule in self.rules]
        if indicator not in known:
            what = f"{indicator!r} was not asked about"
            raise LogError(what, "indicator", closest(indicator, known))
        return self._with(
            rows=tuple(row for row in self.rows if row.indicator == indicator),
            rules=tuple(rule for rule in self.rules if rule.indicator == indicator),
            no_data=tuple(pair for pair in self.no_data if pair[0] == indicator),
            once=None,
        )

    @property
    def lists(self) -> bool:
        """Whether single lines and cases may be listed: not where small cells are withheld."""
        return self._behind is not refused

    def _many(self, rule: Rule) -> int:
        """How many of what breaks a rule are told of: all, where none may be listed."""
        return len(self._listed(rule)) if self.lists else rule.n

    def _listed(self, rule: Rule) -> list[Violation]:
        return [row for row in self.rows if row.indicator == rule.indicator]

    @property
    def charged(self) -> Charged | None:
        """How many lines were checked and how many of them break a rule, each counted once; None
        where nobody can say: no line was checked, or not all that break a rule are known.
        """
        if self.once is not None:
            return self.once
        lines = [rule for rule in self.rules if rule.counts == "lines" and not rule.suspected]
        known = [rule for rule in lines if rule.why is None]
        names = {rule.indicator for rule in known}
        rows = [row for row in self.rows if row.indicator in names]
        hidden = any(rule.withheld for rule in lines)
        if not known or hidden or len(rows) < sum(rule.n for rule in known):
            return None
        grades: dict[Any, set[str]] = {}
        for place, row in enumerate(rows):
            grades.setdefault((row.case_id, row.line_id or place), set()).add(row.grade)
        derived = sum(marks == {DERIVED} for marks in grades.values())
        checked = max(rule.checked for rule in known)
        return Charged(checked=checked, broken=len(grades), derived=derived)

    def summary(self, lang: str | None = None) -> Block:
        """How many lines break a rule, each counted once, and a line per rule with how many were
        checked: for the first page of a report.
        """
        return summary_of(self, self._in(lang))

    def _caption(self, lang: str) -> str:
        """The rules, by name; of many the notice."""
        if len(self.rules) > 1 and self.notice:
            return self.notice
        return say("mark.list", lang).join(rule.name(lang) for rule in self.rules)

    def headline(self, lang: str | None = None) -> str:
        """The finding with its day, also where nothing was found."""
        if self.rows or not self.rules:
            return super().headline(lang)
        told = self._headline(lang := self._in(lang))
        return say("headline.dated", lang, finding=told, as_of=self.as_of)

    def _headline(self, lang: str) -> str:
        """How many lines or cases break the rule; of several, how many rules are broken."""
        if not self.rules:
            if self.rows:
                return super()._headline(lang)
            return say("violations.no_rule", lang, notice=self.notice)
        if len(self.rules) == 1:
            (rule,) = self.rules
            told = rule.told(self._many(rule), lang)
            return told[:1].upper() + told[1:]
        broken = [rule for rule in self.rules if rule.n]
        mute = [rule.why for rule in self.rules if rule.why is not None]
        hidden = sum(rule.withheld for rule in self.rules)
        apart = {"mute": len(mute) - hidden, "hidden": hidden}
        silent = "".join(say(f"violations.{code}", lang, n=n) for code, n in apart.items() if n)
        rules = Reason("violations.rules", n=len(self.rules))
        if len(mute) == len(self.rules):
            why = joined(in_words(tuple(dict.fromkeys(mute))), lang)
            return say("violations.all_mute", lang, rules=rules, why=why)
        if not broken:
            return say("violations.none_broken", lang, rules=rules, mute=silent)
        most = max(broken, key=lambda rule: rule.n)
        found = tuple(
            self._counted(counts, sum(rule.n for rule in broken if rule.counts == counts))
            for counts in dict.fromkeys(rule.counts for rule in broken)
        )
        told = {"rules": rules, "broken": len(broken), "found": found, "mute": silent}
        top = {"most": most.name(lang), "number": counted(most.counts, most.n)}
        return say("violations.several", lang, **told, **top)

    def _counted(self, counts: str, hits: int) -> Reason:
        """So many of a kind; of lines each once where that is known, beside how often a rule is
        broken and how many lines rest on rates that were worked out.
        """
        alike = counts == "lines" and not any(rule.suspected for rule in self.rules)
        once = self.charged if alike else None
        if once is None:
            return counted(counts, hits)
        rest = Reason("overview.derived", n=once.derived) if once.derived else ""
        code = "violations.lines_once" if once.broken < hits else "violations.lines_found"
        return Reason(code, n=once.broken, hits=hits, derived=rest)

    def source(self, lang: str | None = None) -> str:
        """The data and their day; of a single rule also where that is written."""
        data, lang = super().source(lang), self._in(lang)
        rest = self.rules[0].rests_on(lang) if len(self.rules) == 1 else ""
        return say("violations.source", lang, data=data, rule=rest) if data and rest else data

    def _beware(self, lang: str) -> str:
        rated = any(row.limit is not None and row.amount is not None for row in self.rows)
        told = say("violations.excess_note", lang) if rated else ""
        return say("report.gap", lang).join(t for t in (told, super()._beware(lang)) if t)

    def _table(self, lang: str) -> Display:
        return self._lines(self.rows, lang, self.asked(lang), apart=len(self.rules) != 1)

    def block(self, lang: str | None = None) -> Block:
        """The finding, and below it each rule with the lines or cases that break it."""
        lang, several = self._in(lang), len(self.rules) > 1
        parts: list[Display | Text] = []
        for rule in self.rules if several else ():
            rows = self._listed(rule)
            head = rule.told(self._many(rule), lang)
            if rows:
                parts.append(self._lines(rows, lang, f"{head}\n{rule.rests_on(lang)}"))
            elif {one.why for one in self.rules} != {rule.why}:  # else the title says it
                parts.append(Text(head))
        if self.rows and not several:
            parts.append(self._table(lang))
        return Block(
            title=self._headline(lang),
            parts=tuple(parts),
            note=self._beware(lang),
            source=self.source(lang),
        )

    def _lines(self, rows: object, lang: str, caption: str, apart: bool = False) -> Display:
        """Lines or cases as texts, without the columns that none of them fills."""
        rows = list(rows)  # type: ignore[call-overload]  # of one rule or of all
        if not rows:
            why = self.empty if self.lists else SINGLES
            return Display((say(why, lang),), ())
        names = {rule.indicator: rule.name(lang) for rule in self.rules}
        units = list(dict.fromkeys(row.unit for row in rows))
        digits = digits_of([row.to_dict() for row in rows])
        # a value of one case
        digits = dict(whole_days(digits, "max", units[0], *(row.excess for row in rows)))
        begun = list(dict.fromkeys(row.start for row in rows if row.start))
        limits = list(dict.fromkeys(row.limited_by for row in rows if row.limited_by))
        unit = unit_word(units[0], lang) if len(units) == 1 else ""

        def head(name: str) -> str:
            told = say(f"violations.{name}", lang)
            return say("violations.in_unit", lang, name=told, unit=unit) if unit else told

        def money(value: float | None, of: str) -> str:
            return measured(value, of, digits, lang)

        quantity = {r.quantity for r in rows} - {None}
        whole = all(float(one).is_integer() for one in quantity)
        waived = any(r.waived for r in rows)
        above = head("excess" if any(r.amount is None for r in rows) else "too_much")
        broken = f"violations.breach{'_of' if any(r.reasons for r in rows) else ''}"
        columns = {
            say("violations.broken_rule", lang): [
                names.get(r.indicator, r.indicator) if apart else "" for r in rows
            ],
            say("violations.case", lang): [r.case_id or "" for r in rows],
            _limited_head(self, limits, lang): [
                self.group_word(r.limited_by, r.limit_group, lang) if r.limited_by else ""
                for r in rows
            ],
            _begun_head(self, begun, lang): [r.begun_on or "" for r in rows],
            head("allowed"): ["" if r.allowed is None else money(r.allowed, r.unit) for r in rows],
            head("taken"): ["" if r.taken is None else money(r.taken, r.unit) for r in rows],
            say("violations.line", lang): [r.line_id or "" for r in rows],
            say("violations.port", lang): [_said(self, "port", r.port, lang) for r in rows],
            say("violations.item", lang): [_said(self, "item", r.item, lang) for r in rows],
            say("field.charged_on", lang): [r.charged_on or "" for r in rows],
            head("charged"): ["" if r.amount is None else money(r.amount, r.unit) for r in rows],
            say(broken, lang): [_broken(row, lang) for row in rows],
            say("violations.quantity", lang): [
                "" if r.quantity is None else figure(r.quantity, 0 if whole else 3, lang)
                for r in rows
            ],
            head("reference"): ["" if r.limit is None else money(r.limit, r.unit) for r in rows],
            say("violations.waived", lang): [
                say("violations.percent", lang, value=100 * (r.waived or 0))
                if waived and r.limit is not None
                else ""
                for r in rows
            ],
            above: ["" if r.unit == "share" else money(r.excess, r.unit) for r in rows],
            say("field.unit", lang): [
                "" if unit or r.unit == "share" else unit_word(r.unit, lang) for r in rows
            ],
        }
        filled = {name: cells for name, cells in columns.items() if any(cells)}
        figures = {*map(head, ("charged", "reference", "allowed", "taken")), above}
        figures |= {say(f"violations.{name}", lang) for name in ("quantity", "waived")}
        return Display(
            list(filled),
            [tuple(cell or NONE for cell in line) for line in zip(*filled.values(), strict=True)],
            caption=caption,
            numbers=[i for i, name in enumerate(filled) if name in figures],
            more=say("table.more", lang, n=len(rows) - LONGEST),
        )

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """Of one rule what breaks it month by month, of several a bar each; cut by item."""
        from ..results.charts.groups import stacked
        from ..results.charts.violations import by_month

        if not self.rules:
            what = f"the notice {self.notice!r} has no rule that lines could be held against"
            raise NoIndicator(what, "chart", "ask of another notice")
        known = [rule for rule in self.rules if rule.why is None]
        if not any(rule.n for rule in known):
            raise NothingToShow("nothing is found to break a rule", "chart", "see the table")
        parts = {rule.name(lang): self._parts(rule, lang) for rule in known}
        lines = all(rule.counts == "lines" for rule in known)
        unit = say(f"violations.number{'_lines' if lines else ''}", lang)
        if len(self.rules) > 1:
            return stacked(
                {name: _sums(found) for name, found in parts.items()},
                title=title,
                source=source,
                unit=unit,
                digits=0,
            )
        (found,) = parts.values()
        if not all(period for period, _, _ in found):
            bars = {item: [(item, n)] for item, n in _sums(found)}
            return stacked(bars, title=title, source=source, unit=unit, digits=0)
        return by_month(found, lang=lang, title=title, source=source, unit=unit)

    def _parts(self, rule: Rule, lang: str) -> list[tuple[str, str, int]]:
        """Month, item in words and how many."""
        of_all = say(f"violations.of_{rule.counts}", lang)
        return [
            (one.period or "", _said(self, "item", one.item, lang) or of_all, one.n)
            for one in rule.broken
        ]


def _sums(found: list[tuple[str, str, int]]) -> list[tuple[str, float]]:
    """How many of each item, most first."""
    sums: dict[str, float] = {}
    for _, item, n in found:
        sums[item] = sums.get(item, 0) + n
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def _limited_head(found: ResultTable, columns: Sequence[str], lang: str) -> str:
    """What stands over whose limit holds: the column, where it is one."""
    if len(columns) == 1:
        return found.word("column", columns[0], lang)
    return say("violations.group", lang)


def _begun_head(found: ResultTable, milestones: Sequence[str], lang: str) -> str:
    """What stands over the day on which cases began: the milestone, where it is one."""
    if len(milestones) == 1:
        told = found.word("milestone", milestones[0], lang)
        return say("violations.begun_with", lang, milestone=told)
    return say("violations.begun", lang)


def _said(found: ResultTable, column: str, value: str | None, lang: str) -> str:
    return "" if value is None else found.group_word(column, value, lang)


def _broken(row: Violation, lang: str) -> str:
    """What is broken, and small below it the row that was in force."""
    told = row.said(lang)
    return term("breach", row.rule, lang) + (f"\n{told}" if told else "")
