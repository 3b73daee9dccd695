"""Page 07, change: from the year before the notice to the latest one, term by term; ports side by
side; the way left.
"""

from __future__ import annotations

from datetime import date

from ..analysis.bridge import bridge
from ..analysis.gap_to_target import gap_to_target
from ..analysis.league import league
from ..analysis.measure import measure
from ..analysis.policy import CAVEAT
from ..analysis.stages import SPLITS
from ..domain.metrics import Duration
from ..domain.windows import last_month, months, window
from ..results.charts.change import ranks, waterfall
from ..results.words import say
from .blocks import Block, Book, Words, chart, interval, needs_data, no_data, number, table
from .refunds import NORMAL

SIDES = {
    "import": ("进口", "import", "conveyance_arrived"),
    "export": ("出口", "export", "gate_in"),
}
MODES = {
    "sea": ("水运", "sea"),
    "air": ("航空", "air"),
    "rail": ("铁路", "rail"),
    "road": ("公路", "road"),
}
HOURS = ("小时", "hours")
CLASSES = {"1": "一类", "2": "二类", "3": "三类", "4": "四类"}


def overall(kind: str, **more: object) -> Duration:
    """The overall clock of finished imports or exports, by month of release."""
    return Duration(
        SIDES[kind][2], "customs_released", where={"kind": kind, **more}, dated_by="end"
    )


def with_caveat(zh: str, en: str) -> Words:
    """A note with the sentence that stands under everything about change."""
    return zh + say(CAVEAT, "zh"), f"{en} {say(CAVEAT, 'en')}"


def sides(book: Book) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """The baseline months of the notice and the latest twelve whole months; None while these
    overlap.

    >>> from types import SimpleNamespace as Made
    >>> notice = Made(baseline_first=date(2020, 9, 1), baseline_last=date(2021, 8, 31))
    >>> sides(Made(notice=notice, as_of="2022-12-31")), sides(Made(notice=notice, as_of="2022-06-30"))
    ((('2020-09', '2021-08'), ('2022-01', '2022-12')), None)
    """
    before = str(book.notice.baseline_first)[:7], str(book.notice.baseline_last)[:7]
    last = last_month(date.fromisoformat(book.as_of[:10]))
    first = months(f"{int(last[:4]) - 1}-{last[5:]}", last)[1]
    return (before, (first, last)) if first > before[1] else None


def too_early(book: Book) -> Block:
    """In place of a bridge while the latest year still overlaps the year before the notice."""
    first, last = str(book.notice.baseline_first)[:7], str(book.notice.baseline_last)[:7]
    title = (
        f"截至{book.as_of}，最近12个月与基期（{first}至{last}）重叠，尚不能分解变化",
        f"As of {book.as_of} the latest twelve months overlap the baseline ({first} to {last}): no change to split yet",
    )
    return Block(title, "", book.source)


def _signed(value: float) -> str:
    return f"{value:+.2f}"


def english(low: float | None, high: float | None) -> str:
    """An interval in an English sentence.

    >>> english(-2.3, -0.724)
    '-2.30 to -0.72'
    """
    return interval(low, high).replace("～", " to ")


def _worded(row) -> dict[str, object]:
    """A term as a record, its column and its stage in plain words."""
    record = row.to_dict()
    zh, en = record["zh"].replace("：port", "：口岸"), record["en"]
    if row.stage:
        zh, en = zh.replace("组内变化：", "阶段："), en.replace("own change: ", "stage: ")
    return record | {"zh": zh, "en": en}


def _bridged(book: Book, found, title: Words, note: Words) -> Block:
    """Chart and table of a bridge, or the reason why there is none."""
    rows = found.rows
    warned = (
        "".join(f"{zh}。" for zh, _ in found.warnings),
        " ".join(f"{en}." for _, en in found.warnings),
    )
    told, staged = [_worded(r) for r in rows], any(r.stage for r in rows)
    body = (
        ""
        if len(rows) < 3
        else chart(waterfall(told, title=title, source=book.source, unit=HOURS), title)
    )
    heads = [
        ("项", "term"),
        ("小时", "hours"),
        ("95%区间", "interval"),
        ("n", "before → after"),
        ("均值，之前", "mean before"),
        ("均值，之后", "mean after"),
        ("占比，之前", "share before"),
        ("占比，之后", "share after"),
    ]
    shown = [
        (
            f"{w['zh']} {w['en']}",
            number(r.value),
            interval(r.low, r.high),
            _count(r),
            *map(number, (r.level_before, r.level_after)),
            *(number(s, "share") for s in (r.share_before, r.share_after)),
        )
        for r, w in zip(rows, told, strict=True)
    ]
    # a stage is passed by all cases: its shares say nothing
    width = 6 if staged else 8
    body += table(heads[:width], [r[:width] for r in shown], range(1, width))
    method = (
        f"{warned[0]}各项之和等于总变化，没有剩余（{found.method}）。只含已办结业务，按终点月份计。",
        f"{warned[1]} The terms add up to the whole change with nothing left over ({found.method}). Finished cases, by month of their end.",
    )
    zh, en = with_caveat(method[0] + note[0], f"{method[1]} {note[1]}".strip())
    return Block(
        ("", "") if len(rows) > 2 else title,
        body,
        "" if len(rows) > 2 else book.source,
        (zh, en.strip()),
    )


def _count(row) -> str:
    if row.term in ("before", "after"):
        return f"{row.n_before or row.n_after:,}"
    return f"{row.n_before:,} → {row.n_after:,}"


def _ends(found) -> tuple[object, object] | None:
    first, last = found.rows[0], found.rows[-1]
    return None if first.value is None or last.value is None else (first, last)


def _spans(two) -> Words:
    (a, b), (c, d) = two
    return f"{a}至{b}与{c}至{d}", f"{a} to {b} against {c} to {d}"


@needs_data
def by_port(book: Book, kind: str) -> Block:
    """The overall mean, from the year before the notice to the latest: who is in it, and how each
    port changed.
    """
    two = sides(book)
    if two is None:
        return too_early(book)
    found = bridge(
        book.log, overall(kind), by="port", before=two[0], after=two[1], as_of=book.as_of
    )
    ends, (zh, en, _) = _ends(found), SIDES[kind]
    if ends is None:
        return no_data(book, "customs_released")
    moved = [r for r in found if r.term == "composition"]
    if not moved:
        return _bridged(
            book,
            found,
            (
                f"{zh}：两侧没有共同的口岸，变化无法分解",
                f"{en}: no port on both sides, the change cannot be split",
            ),
            ("", ""),
        )
    mix, own = moved[0], sum(r.value for r in found if r.term == "own")
    title = (
        f"{zh}整体通关{ends[0].value:.2f}→{ends[1].value:.2f}小时：口岸构成{_signed(mix.value)}（{interval(mix.low, mix.high)}），"
        f"各口岸自身{_signed(own)}",
        f"{en.capitalize()}, overall {ends[0].value:.2f} to {ends[1].value:.2f} h: composition by port {_signed(mix.value)} "
        f"({english(mix.low, mix.high)}), ports' own change {_signed(own)}",
    )
    words = _spans(two)
    note = (
        f"两侧：{words[0]}。某口岸自身变化为其均值之差乘以两侧占比的均值。构成变化不是成绩。",
        f"Sides: {words[1]}. A port's own change is the difference of its means times its mean share. A change of composition is no achievement.",
    )
    return _bridged(book, found, title, note)


@needs_data
def within_modes(book: Book, kind: str) -> Block:
    """Per mode of transport: how much of its change is cargo moving between its ports."""
    two = sides(book)
    if two is None:
        return too_early(book)
    rows, reversed_ = [], []
    for mode, (zh, en) in MODES.items():
        found = bridge(
            book.log,
            overall(kind, mode=mode),
            by="port",
            before=two[0],
            after=two[1],
            as_of=book.as_of,
        )
        ends, mix = _ends(found), next((r for r in found if r.term == "composition"), None)
        own = [r for r in found if r.term == "own"]
        if ends is None or mix is None or len(own) < 2:
            continue
        if found.warnings:
            reversed_.append((zh, en))
        moves = "；".join(
            f"{dict(r.groups)['port']} {_signed(r.value)}（{interval(r.low, r.high)}）" for r in own
        )
        rows.append(
            (
                f"{zh} {en}",
                number(ends[0].value),
                number(ends[1].value),
                f"{ends[0].n_before:,} → {ends[1].n_after:,}",
                _signed(mix.value),
                interval(mix.low, mix.high),
                moves,
            )
        )
    if not rows:
        return Block(
            (
                "没有一种运输方式在两侧有两个以上口岸，无从分解",
                "No mode of transport has two ports on both sides: nothing to split",
            ),
            "",
            book.source,
        )
    title = (
        "同一运输方式内，总变化与每个口岸方向相反：" + "、".join(zh for zh, _ in reversed_)
        if reversed_
        else "没有运输方式出现总变化与每个口岸方向相反",
        "The whole moved against every one of its ports: " + ", ".join(en for _, en in reversed_)
        if reversed_
        else "In no mode did the whole move against every port",
    )
    body = table(
        [
            ("运输方式", "mode"),
            ("之前", "hours before"),
            ("之后", "hours after"),
            ("n", "before → after"),
            ("构成变化", "composition"),
            ("95%区间", "interval"),
            ("各口岸自身变化", "ports' own change"),
        ],
        rows,
        range(1, 6),
    )
    note = with_caveat(
        "只列两侧都有两个以上口岸的运输方式。总均值变化时，先看业务是否转到了别的口岸。",
        "Modes with two ports or more on both sides. Before a change of the whole is read, see whether cargo went elsewhere.",
    )
    return Block(title, body, book.source, note)


@needs_data
def by_stage(book: Book, kind: str) -> Block:
    """The official clock of port release, from old to new, stage by stage."""
    two = sides(book)
    if two is None:
        return too_early(book)
    chain, (zh, en, _) = SPLITS[kind], SIDES[kind]
    clock = Duration(chain[0], chain[-1], where={"kind": kind}, dated_by="end")
    found = bridge(book.log, clock, stages=kind, before=two[0], after=two[1], as_of=book.as_of)
    ends, parts = _ends(found), [r for r in found if r.stage]
    if ends is None or not parts:
        return no_data(book, chain[-1])
    most = (
        min(parts, key=lambda r: r.value)
        if ends[1].value < ends[0].value
        else max(parts, key=lambda r: r.value)
    )
    names = [t.partition(sep)[2] for t, sep in ((most.zh, "："), (most.en, ": "))]
    title = (
        f"{zh}口岸放行{ends[0].value:.2f}→{ends[1].value:.2f}小时，最大一项为{names[0]}{_signed(most.value)}（{interval(most.low, most.high)}）",
        f"{en.capitalize()}, port release {ends[0].value:.2f} to {ends[1].value:.2f} h; the largest part is {names[1]}: {_signed(most.value)} "
        f"({english(most.low, most.high)})",
    )
    return _bridged(
        book,
        found,
        title,
        (
            "均值可按阶段相加，中位数与百分位不可。",
            "Means add by stage, medians and percentiles do not.",
        ),
    )


@needs_data
def ports(book: Book, kind: str) -> Block:
    """Ports side by side, with the ranks that each may have."""
    found = league(book.log, overall(kind), by="port", as_of=book.as_of)
    ranked, (zh, en, _) = [r for r in found if r.rank is not None], SIDES[kind]
    if not len(found):
        return no_data(book, "port")
    sure = [r for r in ranked if r.rank_low == r.rank_high]
    title = (
        f"{zh}整体通关：{len(ranked)}个口岸中，{len(sure)}个的名次可以确定，其余名次在统计上分不清"
        if ranked
        else f"{zh}：没有口岸达到30例，不排名",
        f"{en.capitalize()}, overall clearance: of {len(ranked)} ports {len(sure)} have a rank that is certain; the others cannot be told apart"
        if ranked
        else f"{en.capitalize()}: no port has 30 cases, none is ranked",
    )
    figure = ranks(found, title=title, source=book.source, unit=HOURS)
    body = chart(figure, title) + table(
        [
            ("口岸", "port"),
            ("均值", "mean hours"),
            ("95%区间", "interval"),
            ("n", ""),
            ("合并估计", "partially pooled"),
            ("名次", "rank"),
            ("名次区间", "rank interval"),
        ],
        [
            (
                r.label + ("（不足30例 few）" if r.few else ""),
                number(r.value),
                interval(r.low, r.high),
                number(r.n),
                number(r.pooled),
                number(r.rank),
                "–" if r.rank is None else f"{r.rank_low}～{r.rank_high}",
            )
            for r in found
        ],
        range(1, 7),
    )
    note = with_caveat(
        "全部时期合计，只含已办结业务。名次区间同时成立（95%）；不足30例的口岸标灰，不排名。口岸之间货种与运输方式不同，名次不是评价。",
        "All periods, finished cases. The rank intervals hold together (95 %); ports under 30 cases are grey and not ranked. "
        "Ports differ in goods and modes: a rank is no judgement.",
    )
    return Block(("", ""), body, "", note)


def _due(book: Book) -> list[tuple[tuple[str, str], float, date]]:
    """Months, value and day of the notice's own targets on refunds that have fallen due."""
    day = date.fromisoformat(book.as_of[:10])
    targets = [
        book.notice.indicator(name).target for name in ("refund_mean_2021", "refund_mean_2022")
    ]
    return [(window(t, day), t.value, t.due) for t in targets if t.due <= day]


@needs_data
def refund_gap(book: Book) -> Block:
    """Refunds: which classes stand between the mean and the target, and what the slowest tenth
    costs.
    """
    clock = Duration(
        "refund_accepted", "refund_approved", unit="working_days", where=NORMAL, dated_by="end"
    )
    spans = _due(book)
    if not spans:
        return Block(
            ("截至该日没有退税目标到期", "No target on refunds has fallen due as of this day"),
            "",
            book.source,
        )
    last = spans[-1]
    spans.append(((f"{last[0][0][:4]}-01", last[0][1]), last[1], last[2]))
    rows, found = [], None
    for span, target, _ in spans:
        told = gap_to_target(
            book.log,
            clock,
            target,
            by="refund_class",
            window=span,
            as_of=book.as_of,
            calendar=book.calendar,
        )
        if told.gap is None or told.low is None:
            continue
        found, tail = told, told.tail
        rows.append(
            (
                f"{found.period.replace('..', '至')}：全部 all",
                number(target),
                number(found.mean),
                interval(found.low, found.high),
                number(found.n),
                _signed(found.gap),
                interval(found.low - target, found.high - target),
                "–",
                f"{tail.begins:g}",
                number(tail.share_of_time, "share"),
                number(tail.capped_mean),
            )
        )
        rows += [
            (
                f"　{CLASSES.get(str(dict(r.groups)['refund_class']), '未注明')} class {dict(r.groups)['refund_class']}",
                "",
                number(r.mean),
                "",
                number(r.n) + ("（少 few）" if r.n < 30 else ""),
                _signed(r.part),
                interval(r.low, r.high),
                number(r.alone),
                "",
                "",
                "",
            )
            for r in found
        ]
    if not rows:
        return no_data(book, "refund_approved")
    worst, span = found.rows[0], found.period.replace("..", "至")
    name = CLASSES.get(str(dict(worst.groups)["refund_class"]), "未注明")
    title = (
        f"{span}正常退税均值减目标{found.target:g}为{_signed(found.gap)}个工作日（{interval(found.low - found.target, found.high - found.target)}，"
        f"n={found.n:,}）；拉高最多的是{name}企业（{_signed(worst.part)}），最慢一成占全部时间{100 * found.tail.share_of_time:.0f}%",
        f"{found.period}: mean of normal refunds less the target of {found.target:g} is {_signed(found.gap)} working days "
        f"({english(found.low - found.target, found.high - found.target)}, n {found.n:,}); class {dict(worst.groups)['refund_class']} adds most "
        f"({_signed(worst.part)}); the slowest tenth takes {100 * found.tail.share_of_time:.0f} % of all time",
    )
    body = table(
        [
            ("月份与类别", "months and class"),
            ("目标", "target"),
            ("均值", "mean"),
            ("95%区间", "interval"),
            ("n", ""),
            ("对差距的贡献", "part of the gap"),
            ("95%区间", "interval"),
            ("单独须降", "alone"),
            ("最慢一成起", "slowest from"),
            ("占时间", "share of time"),
            ("封顶后均值", "mean if capped"),
        ],
        rows,
        range(1, 11),
    )
    note = with_caveat(
        "贡献为该类占比乘以（均值减目标），各类相加等于总差距；这是算术，不是责任：各类企业业务不同。“单独须降”为只靠该类补足差距时均值须降的工作日，"
        "已达目标的不列。“封顶后均值”为最慢一成不慢于其余时的均值。",
        "A part is the class's share times (mean less target); parts add up to the whole gap. That is arithmetic, not blame: classes differ "
        "in business. Alone: by how many working days the class's mean would have to fall to close the gap by itself; empty where the target is met. "
        "Capped: the mean, were the slowest tenth no slower than the rest.",
    )
    return Block(title, body, book.source, note)


@needs_data
def refund_months(book: Book) -> Block:
    """Refunds, the latest twelve months: mean less the target in force, with its interval."""
    clock = Duration(
        "refund_accepted", "refund_approved", unit="working_days", where=NORMAL, dated_by="end"
    )
    due = _due(book)
    found = measure(
        book.log, clock, as_of=book.as_of, period="month", statistics="mean", calendar=book.calendar
    )
    if not due or not len(found):
        return no_data(book, "refund_approved")
    span, target, day = due[-1]
    shown = [r for r in found.rows if r.period <= span[1] and r.value is not None][-12:]
    under = [r for r in shown if r.high is not None and r.high <= target]
    over = [r for r in shown if r.low is not None and r.low > target]
    title = (
        f"以{target:g}个工作日衡量的最近{len(shown)}个月中，{len(under)}个月的区间在目标以内，{len(over)}个月在目标以上",
        f"Of the latest {len(shown)} months set against {target:g} working days, {len(under)} lie within the target with their "
        f"interval and {len(over)} above it",
    )
    body = table(
        [
            ("办结月份", "completed"),
            ("均值", "mean"),
            ("95%区间", "interval"),
            ("n", ""),
            ("减目标", "less target"),
            ("95%区间", "interval"),
        ],
        [
            (
                r.period,
                number(r.value),
                interval(r.low, r.high),
                number(r.n),
                _signed(r.value - target),
                "–" if r.low is None else interval(r.low - target, r.high - target),
            )
            for r in shown
        ],
        range(1, 6),
    )
    note = with_caveat(
        f"目标于{day}到期，此前各月并列供参考。",
        f"The target falls due on {day}; earlier months stand beside it.",
    )
    return Block(title, body, book.source, note)
