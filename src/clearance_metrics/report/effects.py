"""Page 07, second half: a series around the notice, ports that start a measure in turn, and levels
found beside dates.
"""

from __future__ import annotations

from ..analysis.measure import measure
from ..analysis.policy import CAVEAT, changepoints, interrupted_series, staggered
from ..domain.metrics import Duration
from ..results.charts.policy import event_study, interrupted_months, level_months
from ..results.words import say
from .blocks import (
    UNITS,
    Block,
    Book,
    Html,
    Words,
    chart,
    interval,
    needs_data,
    no_data,
    number,
    table,
)
from .change import english, overall

CLOCKS = {
    "imports": (("进口整体通关", "import, overall"), overall("import")),
    "exports": (("出口整体通关", "export, overall"), overall("export")),
    "never": (
        (
            "从未启用直提的口岸，卸货至提离",
            "discharge to gate-out, ports without ship-side pick-up",
        ),
        Duration(
            "discharged", "gate_out", where={"kind": "pickup", "measure_from": {"present": False}}
        ),
    ),
}
BOXES = Duration("discharged", "gate_out", where={"kind": "pickup"})
BESIDE = (
    "ports_started",
    "ports_never",
    "months",
    "n_before",
    "n_after",
    "left_out",
    "not_usable",
    "errors",
    "durbin_watson",
    "lag1",
    "pre_trend",
    "pre_trend_p",
    "pre_trend_periods",
    "placebo",
    "placebo_dates",
    "placebo_changes",
    "placebo_larger",
    "group_dropped",
    "ports_left_out",
    "found",
    "limits",
)


def _effects(result, terms: tuple[str, ...], months: bool = False) -> str:
    """Rows of a result as a table: value with interval and n, or the reason in words."""
    rows = []
    for r in result.rows:
        if r.term not in terms or (r.period is not None and not months):
            continue
        zh, en = (say(f"policy_term.{r.term}", lang) for lang in ("zh", "en"))
        unit = _unit(r.unit)
        why = (
            Html(f"<small class='why'>{r.note_zh}<span lang='en'>{r.note}</span></small>")
            if r.note
            else ""
        )
        name = f"{zh} {en}" + (f" {r.period}" if r.period else "")
        rows.append((name, number(r.value), interval(r.low, r.high), unit, number(r.n), why))
    heads = [
        ("项", "term"),
        ("数值", "value"),
        ("95%区间", "interval"),
        ("单位", "unit"),
        ("n", "months or ports"),
        ("说明", "note"),
    ]
    return table(heads, rows, (1, 2, 4))


def _unit(unit: str) -> str:
    head, _, month = unit.partition(" per ")
    return UNITS.get(head, head) + ("／月" if month else "")


def _facts(result) -> str:
    rows = [
        (
            f"{f.word('zh')} {f.word('en')}",
            f"{f.value:.3f}"
            if isinstance(f.value, float)
            else " ".join(dict.fromkeys(map(f.shown, ("en", "zh")))),
        )
        for f in result.facts
        if f.name in BESIDE
    ]
    return table([("旁列", "beside"), ("", "")], rows)


def _said(row, words: Words, nothing: Words) -> Words:
    """A row as a finding: its value with the interval, that it cannot be told from none, or why it
    is not given.
    """
    if row.value is None:
        return row.note_zh, row.note
    said = nothing if row.low is not None and row.low <= 0 <= row.high else words
    return (
        f"{said[0]}{row.value:+.2f}小时（{interval(row.low, row.high)}）",
        f"{said[1]} {row.value:+.2f} h ({english(row.low, row.high)})",
    )


def _drawn(draw, result, title: Words, book: Book, **more) -> str:
    """The chart; its caveat, drawn in it, is said to readers of text as well."""
    return chart(
        draw(result, title=title, source=book.source, **more),
        (*title, *(say(CAVEAT, lang) for lang in ("zh", "en"))),
    )


@needs_data
def around(book: Book, clock: str) -> Block:
    """One monthly series before and after the notice: change of level and of trend."""
    words, metric = CLOCKS[clock]
    found = interrupted_series(
        book.log, metric, date=book.notice.issued, as_of=book.as_of, calendar=book.calendar
    )
    if not any(p["n"] for p in found.points):
        return no_data(book, metric.stop)
    row = next(r for r in found if r.term == "level")
    said = _said(
        row,
        ("通知后首月水平变化", "level after the notice"),
        ("通知后首月看不出水平变化，", "no change of level to be seen after the notice,"),
    )
    title = (f"{words[0]}：{said[0]}", f"{words[1][0].upper()}{words[1][1:]}: {said[1]}")
    body = _drawn(interrupted_months, found, title, book, marker="通知 notice")
    body += _effects(found, ("trend", "level", "slope", "average")) + _facts(found)
    note = (
        "空心点为未用的月份。这是同一序列前后的差异，不是通知的作用。",
        "Hollow points are months left out. It is a difference within one series, not the effect of the notice.",
    )
    return Block(("", ""), body, note=note)


def first_months(book: Book) -> dict[str, str] | str:
    """Port to its first whole month under the local measure; a port's name where the log gives two
    months for it.
    """
    rows = measure(book.log, BOXES, as_of=book.as_of, by=("port", "measure_from"), statistics="n")
    begun: dict[str, str] = {}
    for r in rows:
        port, month = (dict(r.groups)[c] for c in ("port", "measure_from"))
        if port is None or month is None:
            continue
        if begun.setdefault(port, month) != month:
            return port
    return begun


@needs_data
def in_turn(book: Book) -> Block:
    """Ports that took up ship-side pick-up in different months, against ports that never did."""
    begun = first_months(book)
    if isinstance(begun, str):
        return Block(
            (
                f"{begun}登记了两个启用月，不给出结果",
                f"{begun} has two first months: no effect is given",
            ),
            "",
            book.source,
        )
    if not begun:
        return no_data(book, "measure_from")
    found = staggered(book.log, BOXES, starts=begun, as_of=book.as_of, calendar=book.calendar)
    row = found.rows[0]
    said = _said(
        row,
        ("卸货至提离平均", "discharge to gate-out"),
        ("卸货至提离看不出变化，", "no change of discharge to gate-out to be seen,"),
    )
    if row.value is None:
        title = (f"船边直提分批启用：{said[0]}", f"Ship-side pick-up in turn: {said[1]}")
    else:
        title = (
            f"{row.n}个口岸分批启用船边直提后，{said[0]}",
            f"{row.n} ports after they took up ship-side pick-up: {said[1]}, {found.fact('ports_never')} ports as control",
        )
    body = (
        _drawn(event_study, found, title, book)
        + _effects(found, ("simple", "event", "group", "calendar"))
        + _facts(found)
    )
    months = [r for r in found if r.term == "group" and r.period is not None]
    listed = "、".join(
        f"{m}（{sum(b == m for b in begun.values())}个）" for m in sorted(set(begun.values()))
    )
    zh = f"启用月份：{listed}。" + (
        "同月启用的口岸太少时，该组没有区间。" if any(r.low is None for r in months) else ""
    )
    en = (
        "Starts: "
        + ", ".join(
            f"{m} ({sum(b == m for b in begun.values())})" for m in sorted(set(begun.values()))
        )
        + "."
    )
    note = (
        f"{zh}Callaway与Sant'Anna（2021）；口岸为整群。",
        f"{en} Callaway and Sant'Anna (2021); ports are the clusters.",
    )
    return Block(("", ""), body, note=note)


@needs_data
def found_levels(book: Book, clock: str) -> Block:
    """Months from which on another level holds, beside the day of the notice: a detector that knows
    no cause.
    """
    words, metric = CLOCKS[clock]
    day = str(book.notice.issued)
    found = changepoints(
        book.log,
        metric,
        as_of=book.as_of,
        policy_dates={day: "通知 notice"},
        calendar=book.calendar,
    )
    if not found.points and not found.facts:
        return no_data(book, metric.stop)
    moved = [r for r in found if r.term == "change" and r.value is not None]
    if not found.points:
        title = (f"{words[0]}：{found.rows[0].note_zh}", f"{words[1]}: {found.rows[0].note}")
    elif moved:
        title = (
            f"{words[0]}：检出{len(moved)}次水平变动（"
            + "，".join(f"{r.period} {r.value:+.1f}小时" for r in moved)
            + "）",
            f"{words[1][0].upper()}{words[1][1:]}: {len(moved)} change{'s' * (len(moved) > 1)} of level found ("
            + ", ".join(f"{r.period} {r.value:+.1f} h" for r in moved)
            + ")",
        )
    else:
        title = (
            f"{words[0]}：未检出水平变动",
            f"{words[1][0].upper()}{words[1][1:]}: no change of level found",
        )
    body = _drawn(level_months, found, title, book, dates=((day, "通知 notice"),))
    body += _effects(found, ("change", "policy_date"), months=True) + _facts(found)
    outside = sum(r.term == "outside" for r in found)
    note = (
        f"另有{outside}个月超出控制限（控制限不是置信区间）。只是检出工具：趋势与季节没有扣除，持续下降会显示为台阶；日期相近不等于因果。",
        f"{outside} months lie outside the control limits, which are no confidence interval. A detector only: trend and season are not "
        "taken out, a steady fall shows as a stair, and a near date is no cause.",
    )
    return Block(("", ""), body, note=note)
