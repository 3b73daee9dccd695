"""A notice as immutable data: measures, their indicators, and what each is set against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ..domain.statistic import Statistic
from ..domain.windows import month_of
from ..errors import NoIndicator, NoticeError, closest
from .result import Result

KINDS = ("level", "zero", "direction", "reference", "action")
STATUSES = ("computed", "declared", "not_measurable")
ORIGINS = ("notice", "outside")
BETTER = ("lower", "higher", "nearer_zero")  # the last of a gap that ought not to be
RULES = ("at_most", "at_least")
WINDOWS = ("month", "year", "since")
CONFIDENCE = ("V", "V2", "D")
# the pages of a report that indicators can stand on, each with the roles it knows; "row" is a row
# of the page's table and no more
ROLES = {
    "scorecard": ("row",),
    "clearance": ("headline", "advance", "row"),
    "refunds": ("headline", "beside", "all", "net", "left_out", "limits", "row"),
    "fees": ("lines", "per_teu", "row"),
    "services": ("by_kind", "row"),
}

# whose findings are a page's title
LEADING = {
    "clearance": ("headline",),
    "refunds": ("headline", "left_out"),
    "fees": ("lines",),
    "services": ("by_kind",),
}


@dataclass(frozen=True)
class Target:
    """A figure to reach:

    `over` the month or year that ends on `due`, or `since` that day (up to `until`).
    """

    value: float
    unit: str
    rule: str
    due: date
    until: date | None
    over: str
    clause: str
    source: str
    checked: date
    confidence: str


@dataclass(frozen=True)
class Compression:
    """A published base level that a mean is set beside; it is borrowed, not the log's own."""

    base: float
    unit: str
    period: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Reference:
    """What a figure is set beside and not judged by: a rule that asks for no level, or a survey's
    definition.
    """

    text_zh: str
    text_en: str
    clause: str
    source: str
    checked: date
    confidence: str


@dataclass(frozen=True)
class Merged:
    """Charge items that are compared as one, since the day on which one became part of another."""

    items: tuple[str, ...]
    zh: str
    en: str
    day: date
    event_zh: str
    event_en: str
    clause: str
    source: str
    checked: date
    confidence: str


@dataclass(frozen=True)
class Indicator:
    """One thing to look at under a measure. `metric` is None unless the status is "computed".

    `companion_of` names the indicator it stands beside (another clock, another day count);
    companions are shown but not counted among the notice's indicators. `page` and `role` say where
    a report shows it and as what; what is not computed stands on the scorecard alone. `short_zh`
    and `short_en` are its name in headings (every role but "row" has them), `by` the column that
    its page takes it apart by.
    """

    measure: int
    id: str
    title_zh: str
    title_en: str
    kind: str
    status: str
    origin: str
    companion_of: str
    page: str = "scorecard"
    role: str = "row"
    short_zh: str = ""
    short_en: str = ""
    by: str = ""
    reason_zh: str = ""
    reason_en: str = ""
    record_zh: str = ""
    record_en: str = ""
    needs: tuple[str, ...] = ()
    metric: Any = None  # a Metric, or a MatchedDifference; `kind` says which
    statistic: str = ""
    also: tuple[str, ...] = ()
    better: str = ""
    target: Target | None = None
    compression: Compression | None = None
    reference: Reference | None = None

    @property
    def of_firms(self) -> bool:
        """Whether it is about firms' own averages, so that its cases are told apart by firm."""
        names = (n for n in (self.statistic, *self.also) if n and n != "compression")
        return any(Statistic.parse(n).row.of_firms for n in names)


@dataclass(frozen=True)
class Part:
    """A part of the notice: what the clauses of its measures begin with, and its heading."""

    clause: str
    zh: str
    en: str


@dataclass(frozen=True)
class Measure:
    """One numbered measure with the departments that answer for it; `short` names it in a tile."""

    no: int
    title_zh: str
    title_en: str
    clause: str
    departments: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    short_zh: str = ""
    short_en: str = ""


@dataclass(frozen=True)
class Department:
    """A department under the name the notice gives it."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Flag:
    """A column of truth values that stands for a milestone: true where that is absent."""

    column: str
    absent: str


@dataclass(frozen=True, repr=False)
class Notice:
    """A policy notice: who issued it, when, and its measures.

    `sets_hours` says whether the notice itself sets targets in hours; where it does not, none may
    be called its own. Directions compare the baseline months (whole months, both ends included)
    with the latest months after. `extends` and `supersedes` name earlier notices: the first go on
    beside this one, the others end with it; `until` is the last day it is in force, where it says
    so. `calendar` says whose working days its clocks count. `results` are figures its own authority
    published.
    """

    id: str
    number: str
    title_zh: str
    title_en: str
    issued: date
    source: str
    checked: date
    baseline_first: date
    baseline_last: date
    after_first: date
    sets_hours: bool
    departments: tuple[Department, ...]
    measures: tuple[Measure, ...]
    merged: tuple[Merged, ...]
    sha256: str
    file: str
    flags: tuple[Flag, ...] = ()
    parts: tuple[Part, ...] = ()
    extends: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    until: date | None = None
    calendar: str = "CN"
    results: tuple[Result, ...] = ()
    # whose time stages and holds are, where the notice says otherwise
    parties: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        said = f"{self.number} ({self.issued}), {self.title_en}"
        held = f"{len(self.measures)} measures, {len(self.indicators)} indicators"
        return f"<Notice {self.id}: {said}; {held}: list_indicators(notice) shows them>"

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, companions included, in order."""
        return tuple(i for m in self.measures for i in m.indicators)

    @property
    def baseline(self) -> tuple[str, str]:
        """The first and the last month before the notice that changes are measured from.

        >>> from clearance_metrics import load_notice
        >>> load_notice().baseline
        ('2020-09', '2021-08')
        """
        return month_of(self.baseline_first), month_of(self.baseline_last)

    def concordance(self, lang: str = "en") -> dict[str, str]:
        """Charge items that are compared as one, each with the name of the whole, as `price_index`
        takes them.

        >>> from clearance_metrics import load_notice
        >>> set(load_notice().concordance("en").values())
        {'security fee (stand-alone or sub-item)'}
        """
        return {item: _text(m, "", lang) for m in self.merged for item in m.items}

    def marks(self, lang: str = "en") -> dict[date, str]:
        """The days on which charge items were merged, and what happened on each, as charts by month
        take them.

        >>> from clearance_metrics import load_notice
        >>> load_notice().marks("en")
        {datetime.date(2022, 4, 1): 'security fee folded into the lump sum'}
        """
        told: dict[date, list[str]] = {}
        for merged in sorted(self.merged, key=lambda m: m.day):
            told.setdefault(merged.day, []).append(_text(merged, "event_", lang))
        return {day: "\n".join(dict.fromkeys(events)) for day, events in told.items()}

    def suited(self, log: Any) -> Notice:
        """The notice as it is asked of a log: where the log tells by a flag what others tell by a
        milestone that never came, the flag is asked for. Pages and `assess` use it so.
        """
        from .flags import suited

        return suited(self, {*log.milestones, *log.columns})

    def on(self, page: str, *roles: str) -> tuple[Indicator, ...]:
        """The indicators of a page in their order, or those of these roles alone.

        >>> from clearance_metrics import load_notice
        >>> [i.target.value for i in load_notice().on("refunds", "headline")]
        [7, 6]
        """
        if page not in ROLES:
            raise NoticeError(f"no page {page!r}", self.file, closest(page, ROLES))
        for role in roles:
            if role not in ROLES[page]:
                raise NoticeError(
                    f"page {page!r} has no role {role!r}", self.file, closest(role, ROLES[page])
                )
        return tuple(
            i for i in self.indicators if i.page == page and (not roles or i.role in roles)
        )

    def leading(self, page: str = "") -> tuple[Indicator, ...]:
        """The indicators whose findings are the title of a page, or of any page.

        >>> from clearance_metrics import load_notice
        >>> [i.short_en for i in load_notice().leading("clearance")]
        ['import overall', 'export overall']
        """
        pages = {page: LEADING.get(page, ())} if page else LEADING
        return tuple(i for i in self.indicators if i.role in pages.get(i.page, ()))

    def first(self, page: str, *roles: str) -> Indicator:
        """The first indicator of a page, or of these roles on it; NoIndicator where there is none,
        which a page made from a notebook says in words.

        >>> from clearance_metrics import load_notice
        >>> load_notice().first("refunds", "limits").id
        'refund_class_limits'
        """
        found = self.on(page, *roles)
        if not found:
            what = f"the notice {self.number!r} has no indicator on the page {page!r}"
            what += f" in the role {' or '.join(map(repr, roles))}" if roles else ""
            raise NoIndicator(what, self.file, "choose another page or role")
        return found[0]

    def carried(self, log: Any, page: str, *roles: str) -> tuple[Indicator, ...]:
        """The indicators of a page (of these roles) that the log has all milestones and columns
        for; all of them where it has them for none, so that whoever asks hears what is lacking.
        NoIndicator where the notice has none.

        >>> from clearance_metrics import EventLog, load_notice
        >>> import polars as pl
        >>> frame = pl.DataFrame({"case_id": ["a"], "milestone": ["filed"], "time": [0]})
        >>> facts = {"kind": ["filing"], "channel": ["web"], "function": ["tax"]}
        >>> cases = pl.DataFrame({"case_id": ["a"], **facts})
        >>> found = load_notice().carried(EventLog(frame, cases), "services", "by_kind")
        >>> [indicator.by for indicator in found]
        ['function']
        """
        self.first(page, *roles)
        known = {*log.milestones, *log.columns}
        asked = self.on(page, *roles)
        found = tuple(i for i in asked if {*i.needs, *([i.by] if i.by else [])} <= known)
        return found or asked

    def steps(self, page: str, *roles: str) -> list[tuple[date, date, float, str]]:
        """The targets by a day of a page's first clock (of these roles), as charts by month take
        them: each from the day after the one before was due to its own, and its level. The chart
        finds the words.

        >>> from clearance_metrics import load_notice
        >>> [step[1:3] for step in load_notice().steps("refunds", "headline")]
        [(datetime.date(2021, 12, 31), 7), (datetime.date(2022, 12, 31), 6)]
        """
        asked = [i for i in self.on(page, *roles) if i.target and i.target.over != "since"]
        found = [i.target for i in asked if i.target and i.metric == asked[0].metric]
        made: list[tuple[date, date, float, str]] = []
        first = self.issued
        for target in sorted(found, key=lambda t: t.due):
            if target.due >= first:
                made.append((first, target.due, target.value, ""))
                first = target.due + timedelta(1)
        return made

    def indicator(self, name: str) -> Indicator:
        """The indicator of that id; NoticeError if there is none."""
        for found in self.indicators:
            if found.id == name:
                return found
        raise NoticeError(
            f"no indicator {name!r}", self.file, closest(name, [i.id for i in self.indicators])
        )


def _text(owner: object, head: str, lang: str) -> str:
    """A text that the notice holds in this language, or else in English."""
    return str(getattr(owner, f"{head}{lang}", "") or getattr(owner, f"{head}en"))
