"""What a page is made of: blocks with a finding as title, a table or chart, and a source line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from html import escape
from pathlib import Path

from ..assessment.assess import assess
from ..domain.calendars import WorkCalendar, calendar
from ..engine.log import EventLog, MissingColumn
from ..errors import LogError
from ..notice import Notice, load_notice
from ..results.records import Assessment, AssessRow, assess_row

Words = tuple[str, str]
VERDICTS = {
    "met": ("达标", "✓", "good"),
    "not met": ("未达标", "✗", "bad"),
    "cannot tell": ("无法判断", "?", "open"),
    "not due": ("未到期", "…", "open"),
    "improved": ("改善", "↑", "good"),
    "worse": ("变差", "↓", "bad"),
    "no clear change": ("无明显变化", "→", "open"),
    "no data": ("无数据", "∅", "none"),
    "not computed": ("尚未计算", "·", "none"),
    "not measurable from logs": ("业务数据无法反映", "–", "none"),
}
UNITS = {
    "hours": "小时",
    "working_days": "工作日",
    "working_hours": "工作小时",
    "share": "占比",
    "cases": "例",
    "lines": "行",
    "types": "种",
    "CNY": "元",
    "CNY per TEU": "元/标箱",
    "items": "项",
    "bills": "张",
    "ratio": "倍",
}
STATISTICS = {
    "mean": "均值",
    "median": "中位数",
    "p90": "第90百分位",
    "sum": "金额合计",
    "share_above:0": "占比",
    "share_above:1": "占比",
    "count_above:0": "件数",
    "share": "占比",
    "bound": "单侧95%界",
    "distance": "完成进度",
    "compression": "压缩率",
    "difference": "同层差",
    "n": "种数",
}

ENGLISH = {
    "sum": "sum",
    "share_above:0": "share",
    "share_above:1": "share",
    "count_above:0": "count",
    "p90": "P90",
    "distance": "way to the target",
    "difference": "matched difference",
    "n": "kinds",
}
ONE_LINE = len("2022-12-31")  # dates, months and numbers of cases are not broken over lines


@dataclass(frozen=True)
class Block:
    """One finding: a title in both languages, its body as HTML, and where it comes from."""

    title: Words
    body: str
    source: str = ""
    note: Words = ("", "")

    def _repr_html_(self) -> str:
        zh, en = (escape(t) for t in self.title)
        parts = [
            f'<section class="block"><h3>{zh}<small lang="en">{en}</small></h3>'
            if zh
            else "<section>",
            self.body,
        ]
        if any(self.note):
            parts.append(
                f'<p class="note">{escape(self.note[0])}<span lang="en">{escape(self.note[1])}</span></p>'
            )
        if self.source:
            parts.append(f'<p class="source">{escape(self.source)}</p>')
        return "".join([*parts, "</section>"])

    def __repr__(self) -> str:
        return f"<Block {self.title[1]}>"


@dataclass(frozen=True)
class Book:
    """A log, a notice and a day: what all pages of a report are about."""

    log: EventLog
    notice: Notice
    as_of: str
    calendar: WorkCalendar | None = None
    saved: str | None = None

    @cached_property
    def assessment(self) -> Assessment:
        """All indicators of the notice, computed once; read from the file `saved` where a build has
        made it.
        """
        if self.saved:
            rows = json.loads(Path(self.saved).read_text(encoding="utf-8"))
            return Assessment(tuple(map(assess_row, rows)), self.as_of, self.notice.id, 0, "")
        return assess(self.log, self.notice, as_of=self.as_of, calendar=self.calendar)

    def indicator(self, name: str) -> AssessRow:
        """The row of one indicator."""
        return next(row for row in self.assessment if row.indicator == name)

    @property
    def source(self) -> str:
        """The source line under everything made from the log."""
        zh, en = self.log.title_zh or self.log.name, self.log.title_en or self.log.name
        mark = "模拟数据 simulated · " if self.log.simulated else ""
        return f"{mark}数据 data: {zh} {en} · 截至 as of {self.as_of}"


def open_book(
    log: str | Path,
    notice: str = "cn-2021-85",
    as_of: str | None = None,
    extra_years: str | None = None,
    assessment: str | None = None,
) -> Book:
    """The book of a processed log. `as_of` defaults to the day the dataset itself declares, never
    to today.

    `extra_years` is a CSV of official days for years that the calendar does not know, `assessment`
    the file in which a build has already written the assessment of this log, notice and day.
    """
    found = EventLog.open(log)
    day = as_of or (found.as_of and found.as_of.isoformat())
    if not day:
        raise LogError(
            "the day up to which the log is complete is not known",
            f"log {found.name!r}",
            "add as_of to [dataset] in dataset.toml and run intake again, or give --as-of",
        )
    work = calendar("CN").with_years(Path(extra_years)) if extra_years else None
    return Book(found, load_notice(notice), str(day), work, assessment)


def needs_data(make: Callable[..., Block]) -> Callable[..., Block]:
    """A block that says "no data", and of what, where the log lacks a column."""

    @wraps(make)
    def made(book: Book, *args, **kwargs) -> Block:
        try:
            return make(book, *args, **kwargs)
        except MissingColumn as missing:
            return no_data(book, missing.name)

    return made


def no_data(book: Book, name: str) -> Block:
    """The block in place of one that the log cannot fill."""
    word = book.log.vocabulary.milestones.get(name) or book.log.vocabulary.columns.get(name)
    table_zh = {"charges": "收费记录", "charge_list": "公示清单"}.get(name)
    zh = (
        f"“{word.zh}”（{name}）"
        if word is not None and word.zh
        else f"“{table_zh}”（{name}）"
        if table_zh
        else name
    )
    body = f'<p class="nodata">无数据 no data: {escape(zh)}</p>'
    return Block((f"无数据：本数据集没有{zh}", f"No data: the log lacks {name}"), body, book.source)


def table(
    headers: Sequence[Words], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()
) -> str:
    """An HTML table; `numbers` are the places of right-aligned columns.

    Cells of type Html go in as they are.
    """
    right = set(numbers)

    def cell(i: int, value: object, tag: str) -> str:
        shown = value if isinstance(value, Html) else escape("–" if value is None else str(value))
        kind = (
            ' class="n"'
            if i in right
            else ' class="s"'
            if shown.isascii() and len(shown) <= ONE_LINE
            else ""
        )
        return f"<{tag}{kind}>{shown}</{tag}>"

    head = "".join(
        cell(i, Html(f"{escape(zh)}<small lang='en'>{escape(en)}</small>"), "th")
        for i, (zh, en) in enumerate(headers)
    )
    body = "".join(
        "<tr>" + "".join(cell(i, v, "td") for i, v in enumerate(row)) + "</tr>" for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


class Html(str):
    """Text that is markup already."""


def number(value: float | None, unit: str = "") -> str:
    """A figure as it is printed: shares in percent, others with two decimals at most.

    >>> number(0.3592, "share"), number(31.688), number(4721.0, "cases"), number(None)
    ('35.9%', '31.69', '4,721', '–')
    """
    if value is None:
        return "–"
    if unit == "share":
        return f"{100 * value:.1f}%"
    if unit in ("cases", "lines", "types") or isinstance(value, int):
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def interval(low: float | None, high: float | None, unit: str = "") -> str:
    """The interval beside a figure."""
    return "–" if low is None and high is None else f"{number(low, unit)}～{number(high, unit)}"


def verdict(text: str) -> Html:
    """A verdict as sign and words, so that colour never stands alone."""
    if text.startswith("violations: "):
        count = text.removeprefix("violations: ")
        return Html(
            f'<span class="v bad">✗ 违规 {count} 件<small lang="en">violations: {count}</small></span>'
        )
    zh, sign, kind = VERDICTS[text]
    return Html(f'<span class="v {kind}">{sign} {zh}<small lang="en">{text}</small></span>')


def plain_verdict(text: str) -> str:
    """A verdict in Chinese."""
    return (
        f"违规 {text.removeprefix('violations: ')} 件"
        if text.startswith("violations: ")
        else VERDICTS[text][0]
    )


def statistic_words(name: str, unit: str = "", rule: str = "") -> Words:
    """A statistic in Chinese and English; `unit` is the clock's, `rule` says which side a bound is
    on.

    >>> statistic_words("within:7", "working_days"), statistic_words("bound", rule="at_most")
    (('7个工作日以内占比', 'within 7 working days'), ('单侧95%上界', 'one-sided 95 % upper bound'))
    """
    if name.startswith("within:"):
        limit, many = (
            name.removeprefix("within:"),
            "小时" if unit == "hours" else f"个{UNITS.get(unit, '')}",
        )
        return f"{limit}{many}以内占比", f"within {limit} {unit.replace('_', ' ')}".rstrip()
    if name == "bound":
        upper = rule == "at_most"
        return (
            f"单侧95%{'上' if upper else '下'}界",
            f"one-sided 95 % {'upper' if upper else 'lower'} bound",
        )
    return STATISTICS.get(name, name), ENGLISH.get(name, name)


def also_words(row: AssessRow) -> Words:
    """The further figures of a row, each with its interval where it has one."""
    told = []
    for name, value, low, high, unit in row.also:
        span = "" if value is None or low is None or high is None else interval(low, high, unit)
        zh, en = statistic_words(name, row.unit, row.rule)
        zh += f" {number(value, unit)}" + (f"（{span}）" if span else "")
        en += f" {number(value, unit)}" + (f" ({span.replace('～', ' to ')})" if span else "")
        told.append((zh, en))
    return "；".join(zh for zh, _ in told), "; ".join(en for _, en in told)


def assessed(rows: Iterable[AssessRow], with_period: bool = True) -> str:
    """Assessment rows as a table: indicator, value, interval, n, open, baseline or target, verdict."""
    headers = [
        ("指标", "indicator"),
        ("统计量", "statistic"),
        ("数值", "value"),
        ("95%区间", "interval"),
        ("n", ""),
        ("截至日未办结", "open at as-of"),
        ("基期／目标", "baseline / target"),
        ("判断", "verdict"),
    ]
    made = []
    for row in rows:
        also, also_en = also_words(row)
        period = (
            f"<small>{escape(row.period.replace('..', '至'))}</small>"
            if with_period and row.period
            else ""
        )
        mark = "旁列 beside · " if row.companion_of else ""
        title = Html(
            f"{escape(row.title_zh)}<small lang='en'>{mark}{escape(row.title_en)}</small>{period}"
        )
        against = ""
        if row.target is not None:
            sign = "≤" if row.rule == "at_most" else "≥"
            own = "" if row.origin == "notice" else "<small>通知以外 outside the notice</small>"
            against = f"{sign} {number(row.target, row.unit)}<small>{row.due}</small>{own}"
        elif row.baseline is not None:
            against = f"{number(row.baseline, row.unit)}<small>基期 baseline</small>"
        unit = "" if row.unit in ("", "share") else f"<small>{UNITS[row.unit]}</small>"
        value = Html(number(row.value, row.unit) + unit)
        beside = (
            f"<small class='why'>{escape(also)}<span lang='en'>{escape(also_en)}</span></small>"
            if also
            else ""
        )
        judged = Html(
            verdict(row.verdict)
            + beside
            + (
                f"<small class='why'>{escape(row.note_zh)}<span lang='en'>{escape(row.note)}</span></small>"
                if row.note
                else ""
            )
        )
        made.append(
            (
                title,
                STATISTICS.get(row.statistic, row.statistic),
                value,
                interval(row.low, row.high, row.unit),
                number(row.n),
                number(row.n_open),
                Html(against or "–"),
                judged,
            )
        )
    return table(headers, made, (2, 3, 4, 5))


def chart(figure, title: Words) -> str:
    """A matplotlib figure as inline SVG."""
    from ..results.charts.canvas import to_svg

    svg = to_svg(figure)
    label = escape(" / ".join(title), quote=True)
    return f'<div class="chart" role="img" aria-label="{label}">{svg[svg.index("<svg") :]}</div>'
