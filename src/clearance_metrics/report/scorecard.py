"""Page 05, the scorecard: 27 measures, each indicator with its verdict or the reason why there is
none.
"""

from __future__ import annotations

from collections import Counter
from html import escape

from ..results.charts.figures import strip
from .blocks import UNITS, VERDICTS, Block, Book, assessed, chart, number, plain_verdict, verdict

COLOURS = {"good": "#2f7d4f", "bad": "#b0162b", "open": "#8a6d00", "none": "#6b7280"}


def _counts(book: Book) -> Counter:
    own = [r for r in book.assessment if not r.companion_of]
    return Counter("violations" if r.verdict.startswith("violations") else r.verdict for r in own)


def summary(book: Book) -> Block:
    """How many indicators got which verdict."""
    counts = _counts(book)
    total = sum(counts.values())
    silent = ("not computed", "not measurable from logs", "no data", "not due", "cannot tell")
    judged = total - sum(counts[name] for name in silent)
    title = (
        f"27项措施、{total}个指标中，{judged}个可由本数据判断；{counts['not measurable from logs']}个属行政事项，业务数据无法反映",
        f"Of {total} indicators under 27 measures {judged} can be judged from this log; "
        f"{counts['not measurable from logs']} are administrative and leave no trace in logs",
    )
    parts = []
    for name in (*VERDICTS, "violations"):
        if counts[name]:
            zh, kind = (
                ("违规", "bad") if name == "violations" else (VERDICTS[name][0], VERDICTS[name][2])
            )
            parts.append((zh, name, counts[name], COLOURS[kind]))
    figure = strip(parts, title=title, source=book.source)
    return Block(("", ""), chart(figure, title))


def main_points(book: Book) -> Block:
    """The findings on the notice's own figures first, then violations, then directions."""
    order = {"level": 0, "zero": 1, "direction": 2}
    rows = [
        r for r in book.assessment if not r.companion_of and r.value is not None and r.kind in order
    ]
    items = []
    for r in sorted(rows, key=lambda r: (order[r.kind], r.measure)):
        unit = "" if r.unit == "share" else UNITS[r.unit]
        value = f"{number(r.value, r.unit)}{unit}" + (
            f"（{number(r.low, r.unit)}～{number(r.high, r.unit)}）" if r.low is not None else ""
        )
        bound = next((v for name, v, *_ in r.also if name == "bound"), None)
        if bound is not None:
            value += f"，单侧95%界{number(bound, r.unit)}"
        span = (
            f" ({number(r.low, r.unit)} to {number(r.high, r.unit)})" if r.low is not None else ""
        )
        told = number(r.value, r.unit) + (f" {r.unit.replace('_', ' ')}" if unit else "") + span
        told += f", one-sided 95 % bound {number(bound, r.unit)}" if bound is not None else ""
        mates = [
            m
            for m in book.assessment
            if m.companion_of == r.indicator and m.value is not None and m.kind == r.kind == "level"
        ]
        beside = "；".join(
            f"{m.title_zh.removeprefix('同上，')} {number(m.value, m.unit)}，{plain_verdict(m.verdict)}"
            for m in mates
        )
        outside = "（通知以外）" if r.origin == "outside" else ""
        items.append(
            f"<li>{verdict(r.verdict)} <b>{r.measure}</b> {escape(r.title_zh)}{outside}：{value}，n={r.n:,}"
            + (f"<small>旁列 beside：{escape(beside)}</small>" if beside else "")
            + f"<small lang='en'>{escape(r.title_en)}: {told}, n {r.n:,}, {r.verdict}</small></li>"
        )
    if not items:
        return Block(
            ("本数据不足以判断任何指标", "This log is not enough to judge any indicator"),
            "",
            book.source,
        )
    own = [r for r in rows if r.origin == "notice" and r.kind == "level"]
    title = (
        "本样本中，" + "；".join(f"{r.title_zh}：{plain_verdict(r.verdict)}" for r in own)
        if own
        else "主要判断",
        "In this sample: " + "; ".join(f"{r.indicator.replace('_', ' ')} {r.verdict}" for r in own),
    )
    return Block(title, f"<ul class='points'>{''.join(items)}</ul>", book.source)


def table_of(book: Book) -> Block:
    """Every measure with its departments and indicators."""
    names = {d.code: (d.zh, d.en) for d in book.notice.departments}
    parts = []
    for measure in book.notice.measures:
        rows = [r for r in book.assessment if r.measure == measure.no]
        who = "、".join(names[c][0] for c in measure.departments)
        parts.append(
            f"<h4>{measure.no}. {escape(measure.title_zh)}<small lang='en'>{escape(measure.title_en)}</small></h4>"
            f"<p class='source'>{escape(measure.clause)} · {escape(who)}</p>{assessed(rows)}"
        )
    note = (
        "“旁列”为同一指标的另一计法或口径，不计入76个指标。一地、一企的数据不能证实全国平均。",
        "“Beside” marks another way to count the same thing, not one of the 76 indicators. One port's or firm's log cannot "
        "confirm a national mean.",
    )
    return Block(
        (f"{book.notice.number}：全部措施与指标", "All measures and indicators"),
        "".join(parts),
        book.source,
        note,
    )
