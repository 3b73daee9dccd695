"""Page 02, clearance time."""

from __future__ import annotations

from datetime import date
from html import escape

from ..analysis.holds import holds
from ..analysis.measure import measure
from ..analysis.stages import SPLITS, stages
from ..domain.metrics import Duration, Share
from ..domain.vocabulary import vocabulary
from ..engine.log import MissingColumn
from ..notice import citable
from ..results.charts.figures import clearance_months, dots, months_with_steps
from .blocks import (
    UNITS,
    Block,
    Book,
    Html,
    assessed,
    chart,
    interval,
    needs_data,
    no_data,
    number,
    plain_verdict,
    table,
)

SIDES = {
    "import": (("进口", "import"), "conveyance_arrived"),
    "export": (("出口", "export"), "gate_in"),
}
ENOUGH = 30
MODES = {"sea": "水运 sea", "air": "航空 air", "rail": "铁路 rail", "road": "公路 road"}


def _clock(kind: str) -> Duration:
    return Duration(SIDES[kind][1], "customs_released", where={"kind": kind}, dated_by="end")


def headline(book: Book) -> Block:
    """The three clocks, before and after the notice."""
    rows = [
        r
        for r in book.assessment
        if r.measure == 2
        and (r.unit == "hours" or "advance" in r.indicator or "two_step" in r.indicator)
    ]
    told = [
        r
        for r in rows
        if r.indicator in ("import_overall_time", "export_overall_time") and r.value is not None
    ]
    if not told and all(r.verdict == "no data" for r in rows):
        return no_data(book, "customs_released")
    if not told:
        return Block(
            (
                "截至该日尚不能与通知前比较",
                "As of this day nothing can be compared with the time before",
            ),
            assessed(rows),
            book.source,
        )
    zh = "；".join(
        f"{'进口' if 'import' in r.indicator else '出口'}整体通关平均{r.value:.2f}小时，较基期{plain_verdict(r.verdict)}"
        for r in told
    )
    en = "; ".join(
        f"{r.indicator.split('_')[0]} overall mean {r.value:.2f} h, {r.verdict}" for r in told
    )
    note = (
        "通知没有设定小时数目标，只判断方向。“改善／变差”指与基期同月相比，差的95%区间不含零；这是差异，不等于政策效果。",
        "The notice sets no target in hours: only the direction is judged. Improved or worse means that the 95 % "
        "interval of the difference from the same months before excludes zero; a difference is not an effect.",
    )
    return Block((zh, en[0].upper() + en[1:]), assessed(rows), book.source, note)


THREE = {
    "import": (
        ("海关通关", "declared", "customs_released"),
        ("整体通关", "conveyance_arrived", "customs_released"),
        ("口岸放行（至提离）", "conveyance_arrived", "gate_out"),
    ),
    "export": (
        ("海关通关", "declared", "customs_released"),
        ("整体通关", "gate_in", "customs_released"),
        ("口岸放行（至离港）", "gate_in", "departed"),
    ),
}


def _national(kind: str, start: str, stop: str) -> float | None:
    """The figure of 2017 that was published for this clock."""
    if stop != "customs_released":
        rows = [
            r
            for r in citable("regional_clearance")
            if r["clock"] == "port_release" and r["place_en"] == "China"
        ]
    elif start == "declared":
        rows = [
            r
            for r in citable("regional_clearance")
            if r["clock"] == "customs_only" and r["kind"] == "period"
        ]
    else:
        rows = [r for r in citable("national_clearance") if r["kind"] == "annual"]
    return next((r[f"{kind}_hours"] for r in rows if r["from"].startswith("2017")), None)


@needs_data
def side_by_side(book: Book) -> Block:
    """The three clocks that are all called clearance time, from one log, and the lead of advance
    declarations.
    """
    rows, leads = [], []
    for kind, (words, first) in SIDES.items():
        if first not in book.log.milestones:
            continue
        for zh, start, stop in THREE[kind]:
            # advance declarations start customs' clock before the goods are there
            ahead = {} if start == first else {first: {"not_after": "declared"}}
            if start not in book.log.milestones or stop not in book.log.milestones:
                continue
            clock = Duration(start, stop, where={"kind": kind, **ahead}, dated_by="end")
            found = measure(
                book.log,
                clock,
                as_of=book.as_of,
                period="year",
                statistics=("mean", "median", "p90"),
            )
            year = _last_year(found, book.as_of)
            told = {r.statistic: r for r in found if r.period == year}
            if told:
                mean = told["mean"]
                rows.append(
                    (
                        f"{words[0]}{zh}",
                        f"{start} → {stop}",
                        year,
                        number(mean.value),
                        interval(mean.low, mean.high),
                        number(told["median"].value),
                        number(told["p90"].value),
                        number(mean.n),
                        number(_national(kind, start, stop)),
                    )
                )
        if "declared" in book.log.milestones:
            share = Share(
                {"declared": {"before": first}}, of={"kind": kind}, dated_by="customs_released"
            )
            lead = Duration(
                "declared",
                first,
                where={"kind": kind, "declared": {"before": first}},
                dated_by="end",
            )
            found = [
                measure(book.log, m, as_of=book.as_of, period="year", statistics=s)
                for m, s in ((share, "share"), (lead, "mean"))
            ]
            year = _last_year(found[0], book.as_of)
            told = [next((r for r in f if r.period == year), None) for f in found]
            if told[0] is not None and told[1] is not None:
                leads.append((words, year, *told))
    if not rows:
        return no_data(book, "customs_released")
    title = (
        "同一批业务，三种“通关时间”：" + "；".join(f"{r[0]}{r[3]}小时" for r in rows),
        "Three clocks are called clearance time; the same cargo by each",
    )
    body = table(
        [
            ("时钟", "clock"),
            ("起止", "from, to"),
            ("年份", "year"),
            ("平均小时", "mean hours"),
            ("95%区间", "interval"),
            ("中位数", "median"),
            ("P90", ""),
            ("n", ""),
            ("全国2017年公布", "national 2017"),
        ],
        rows,
        (3, 4, 5, 6, 7, 8),
    )
    zh = "；".join(
        f"{w[0]}{y}年提前申报占{number(s.value, 'share')}，平均提前{number(m.value)}小时（n={m.n:,}）"
        for w, y, s, m in leads
    )
    en = "; ".join(
        f"{w[1]} {y}: {number(s.value, 'share')} declared in advance, {number(m.value)} h ahead on average (n {m.n:,})"
        for w, y, s, m in leads
    )
    note = (
        f"按终点所在年份计，只含已办结业务。整体通关时间保留负号（放行早于到达）；海关通关不含提前申报。{zh}。全国公布值口径不同（2017年，海关通关为1至11月），不宜直接比较。",
        "Finished cases by the year of their end. The overall clock keeps its sign where release precedes arrival; the customs-only "
        f"clock leaves advance declarations out. {en}. The national figures of 2017 (customs only: January to November) have another scope.",
    )
    return Block(title, body, book.source, note)


@needs_data
def months(book: Book) -> Block:
    """Overall clearance time by month of release, beside the published national points."""
    panels, points, ends = {}, {}, []
    for kind, (words, _) in SIDES.items():
        try:
            rows = measure(
                book.log,
                _clock(kind),
                as_of=book.as_of,
                period="month",
                statistics=("mean", "median", "p90"),
                calendar=book.calendar,
            )
        except MissingColumn as missing:
            ends.append(missing)
            continue
        if not len(rows):
            continue
        panels[words] = rows
        seen = {r.period for r in rows}
        points[words] = [
            {"period": r["from"][:7], "value": r[f"{kind}_hours"]}
            for r in citable("national_clearance")
            if r[f"{kind}_hours"] and r["kind"] == "month" and r["from"][:7] in seen
        ]
    if not panels:
        if ends:
            raise ends[0]
        return no_data(book, "customs_released")
    last = {
        words[0]: [r for r in rows if r.statistic == "mean"][-1] for words, rows in panels.items()
    }
    title = (
        "；".join(
            f"{zh}最近一月（{r.period}）平均{r.value:.1f}小时，n={r.n:,}" for zh, r in last.items()
        ),
        "Overall clearance time by month of release: mean with interval, median and 90th percentile",
    )
    figure = clearance_months(
        panels,
        published=points,
        title=title,
        source=book.source,
        marker=(date(2021, 8, 20), "通知 notice"),
    )
    note = (
        "星号为全国公布值。本数据与全国值的口岸、方式、货物构成不同，公布值的剔除口径也未公开，二者不必相等，只宜比较走势。",
        "Stars are published national figures. The mix of ports, modes and goods differs and the official exclusions are "
        "unpublished, so the two need not agree: compare trends, not levels.",
    )
    return Block(("", ""), chart(figure, title), note=note)


@needs_data
def by_group(book: Book, column: str, zh: str) -> Block:
    """Means of the last whole year by a column; groups with fewer than 30 cases are not printed."""
    panels, small = {}, 0
    for kind, (words, _) in SIDES.items():
        rows = measure(
            book.log, _clock(kind), as_of=book.as_of, by=column, period="year", statistics="mean"
        )
        year = _last_year(rows, book.as_of)
        chosen = [r for r in rows if r.period == year]
        small += sum(r.n < ENOUGH for r in chosen)
        kept = sorted(
            (r for r in chosen if r.n >= ENOUGH and r.value is not None), key=lambda r: r.value
        )
        if kept:
            panels[words] = [
                {
                    "label": MODES.get(dict(r.groups)[column], dict(r.groups)[column]),
                    "value": r.value,
                    "low": r.low,
                    "high": r.high,
                    "n": r.n,
                }
                for r in kept
            ]
    if not panels:
        return no_data(book, column)
    words, rows = next(iter(panels.items()))
    title = (
        f"{year}年{words[0]}按{zh}：最快{rows[0]['label']} {rows[0]['value']:.1f}小时，最慢{rows[-1]['label']} {rows[-1]['value']:.1f}小时",
        f"{year} by {column}: overall mean with 95 % interval",
    )
    figure = dots(panels, title=title, source=book.source, unit=("小时", "hours"))
    note = (
        f"不足{ENOUGH}例的组不列（{small}组）。各组货物不同，差异不等于效率高低。",
        f"Groups with fewer than {ENOUGH} cases are not printed ({small}). Groups differ in goods; a gap is not a ranking.",
    )
    return Block(("", ""), chart(figure, title), note=note)


def _last_year(rows, as_of: str) -> str:
    years = sorted({r.period for r in rows})
    whole = [y for y in years if f"{y}-12-31" <= as_of]
    return (whole or years or [as_of[:4]])[-1]


@needs_data
def in_time(book: Book) -> Block:
    """Shares released within one, two and three days: the mean alone hides the tail."""
    rows = []
    for kind, (words, _) in SIDES.items():
        clock = Duration(SIDES[kind][1], "customs_released", where={"kind": kind})
        found = measure(
            book.log,
            clock,
            as_of=book.as_of,
            period="year",
            statistics=("within:24", "within:48", "within:72"),
        )
        year = _last_year(found, book.as_of)
        rows += [
            (
                words[0] + " " + words[1],
                r.period,
                r.statistic.removeprefix("within:") + " h",
                number(r.value, "share"),
                interval(r.low, r.high, "share"),
                number(r.n),
                number(r.n_open),
            )
            for r in found
            if r.period == year
        ]
    if not rows:
        return no_data(book, "customs_released")
    title = (
        f"{rows[0][0].split()[0]}在{rows[0][2]}内放行的占{rows[0][3]}",
        f"{rows[0][3]} of imports were released within {rows[0][2]}",
    )
    body = table(
        [
            ("方向", "direction"),
            ("年份", "year"),
            ("时限", "within"),
            ("占比", "share"),
            ("95%区间", "interval"),
            ("n", ""),
            ("未办结", "open"),
        ],
        rows,
        (3, 4, 5, 6),
    )
    note = (
        "按到达年份（队列）计；有未办结业务时用Kaplan-Meier估计，否则为Wilson区间。",
        "By year of arrival (cohort): Kaplan-Meier while cases are open, else Wilson.",
    )
    return Block(title, body, book.source, note)


@needs_data
def advance(book: Book) -> Block:
    """The share of imports declared before arrival, by month."""
    metric = Share(
        {"declared": {"before": "conveyance_arrived"}},
        of={"kind": "import"},
        dated_by="customs_released",
    )
    rows = [
        r.to_dict()
        for r in measure(book.log, metric, as_of=book.as_of, period="quarter", statistics="share")
    ]
    if not rows:
        return no_data(book, "declared")
    shown = [
        r | {k: 100 * r[k] for k in ("value", "low", "high") if r[k] is not None} for r in rows
    ]
    title = (
        f"进口“提前申报”占比由{shown[0]['value']:.1f}%（{shown[0]['period']}）到{shown[-1]['value']:.1f}%（{shown[-1]['period']}）",
        f"Advance declarations: {shown[0]['value']:.1f} % in {shown[0]['period']}, {shown[-1]['value']:.1f} % in {shown[-1]['period']}",
    )
    figure = months_with_steps(
        shown,
        title=title,
        source=book.source,
        label=("提前申报占比", "share declared before arrival"),
        unit=("%", ""),
    )
    return Block(("", ""), chart(figure, title))


@needs_data
def split(book: Book, kind: str) -> Block:
    """Where the time goes: the port release clock of sea cargo cut into stages that add up."""
    where = {"kind": kind, "mode": "sea"}
    found = stages(book.log, kind, as_of=book.as_of, where=where, period="year")
    year = _last_year(found.rows, book.as_of)
    rows = [r for r in found.rows if r.period == year]
    if not rows:
        return no_data(book, SPLITS[kind][0])
    side = SIDES[kind][0]
    most = max(rows, key=lambda r: r.share)
    total = sum(r.mean for r in rows)
    title = (
        f"{year}年海运{side[0]}平均{total:.1f}小时中，{most.zh}占{100 * most.share:.1f}%",
        f"Sea {side[1]} {year}: of {total:.1f} h on average, {100 * most.share:.1f} % is {most.en}",
    )
    body = table(
        [
            ("阶段", "stage"),
            ("起止", "from, to"),
            ("平均小时", "mean hours"),
            ("占比", "share"),
            ("经过该阶段", "n passing"),
            ("n", ""),
        ],
        [
            (
                f"{r.zh} {r.en}",
                r.stage.replace("..", " → "),
                number(r.mean),
                number(r.share, "share"),
                number(r.n),
                number(r.cases),
            )
            for r in rows
        ]
        + [
            (
                "合计 total",
                "",
                number(total),
                number(sum(r.share for r in rows), "share"),
                "",
                number(rows[0].cases),
            )
        ],
        (2, 3, 4, 5),
    )
    note = (
        f"各阶段之和等于全程，已逐例核对{found.cases:,}例（不等{found.unequal}例）。均值可加，中位数与百分位不可加。早于起点的申报（提前申报）准备时间为零，"
        f"{found.advance_cases:,}例平均提前{number(found.advance_lead)}小时。缺中间环节的合并为一个阶段，不补零。",
        f"Parts sum to the whole, checked on each of {found.cases:,} cases ({found.unequal} unequal). Means add, medians and "
        f"percentiles do not. {found.advance_cases:,} cases were declared before the start, {number(found.advance_lead)} h ahead on "
        "average; their preparation is zero. A missing inner milestone joins two stages, never filled with zero.",
    )
    return Block(title, body, book.source, note)


@needs_data
def waiting(book: Book, clock: str) -> Block:
    """What the cases of a clock waited for: each instant by the holds that stood open."""
    found = holds(book.log, clock, as_of=book.as_of, period="year")
    year = _last_year(found.rows, book.as_of)
    rows = [r for r in found.rows if r.period == year]
    words = vocabulary().clocks[clock]
    if not rows:
        return no_data(book, words.start)
    total, held = sum(r.mean for r in rows), 1 - rows[0].share
    zh, en = (
        "、".join(r.zh.removeprefix("仅") for r in rows[1:-1]),
        " or ".join(r.en.removesuffix(" alone") for r in rows[1:-1]),
    )
    title = (
        f"{year}年{words.zh}平均{total:.1f}小时中，有{zh}事项未了的占{100 * held:.1f}%",
        f"{words.en[0].upper()}{words.en[1:]}, {year}: of {total:.1f} h on average, {100 * held:.1f} % with {en} open",
    )
    body = table(
        [
            ("状态", "state"),
            ("平均小时", "mean hours"),
            ("占比", "share"),
            ("含并行的平均小时", "open in all, mean hours"),
            ("涉及", "n with it"),
            ("n", ""),
        ],
        [
            (
                f"{r.zh} {r.en}",
                number(r.mean),
                number(r.share, "share"),
                number(r.open_mean),
                number(r.n),
                number(r.cases),
            )
            for r in rows
        ]
        + [
            (
                "合计 total",
                number(total),
                number(sum(r.share for r in rows), "share"),
                "",
                "",
                number(rows[0].cases),
            )
        ],
        (1, 2, 3, 4, 5),
    )
    lacks = "、".join(found.absent)
    note = (
        f"每一时刻按未了事项归入一类，各类之和等于全程，已逐例核对{found.cases:,}例（不等{found.unequal}例）；各事项自身时长含并行，不可相加。重复查验逐次计。"
        f"止点早于起点{found.left_out:,}例、事项有终无始{found.not_known:,}例未计入。"
        + (f"本数据没有：{lacks}。" if lacks else ""),
        f"Each instant falls into one state; the states sum to the whole, checked on each of {found.cases:,} cases ({found.unequal} unequal). "
        f"The holds' own times overlap and do not add up. Each of several examinations counts. Left out: {found.left_out:,} cases that stop "
        f"before they start, {found.not_known:,} with a hold that ends but never began."
        + (f" This log lacks: {', '.join(found.absent)}." if lacks else ""),
    )
    return Block(title, body, book.source, note)


def clocks(book: Book) -> Block:
    """Every clock that this log can show, its own included; those of the dataset also by mode of
    transport.
    """
    log, shared, rows = book.log, vocabulary().clocks, []
    for clock in log.vocabulary.clocks.values():
        if clock.start not in log.milestones or clock.stop not in log.milestones:
            continue
        kind = {"kind": clock.kind} if clock.kind and "kind" in log.columns else None
        metric = Duration(clock.start, clock.stop, unit=clock.unit, where=kind)
        own = clock.name not in shared
        for by in ((), ("mode",)) if own and "mode" in log.columns else ((),):
            found: dict = {}
            for r in measure(
                log,
                metric,
                as_of=book.as_of,
                by=by,
                statistics=("mean", "median", "p90"),
                calendar=book.calendar,
            ):
                found.setdefault(r.groups, {})[r.statistic] = r
            for groups, told in found.items():
                mean, few = told["mean"], told["mean"].n < ENOUGH
                group = (
                    MODES.get(groups[0][1], str(groups[0][1] or "未注明 none")) if groups else ""
                )
                shown = (
                    ["不足30例 too few cases", "", "", ""]
                    if few
                    else [
                        number(mean.value) if mean.value is not None else "有未办结 open cases",
                        interval(mean.low, mean.high),
                        number(told["median"].value),
                        number(told["p90"].value),
                    ]
                )
                name = Html(
                    f"{escape(clock.zh or clock.name)}<small lang='en'>{escape(clock.en)}</small>"
                )
                rows.append(
                    (
                        name,
                        group,
                        f"{clock.start} → {clock.stop}",
                        UNITS[clock.unit],
                        *shown,
                        number(mean.n),
                        number(mean.n_open),
                    )
                )
    if not rows:
        return no_data(book, "declared")
    by_day = {log.vocabulary.milestones[m].en or m for m in log.date_only}
    dated = (
        f"仅精确到日的环节：{'、'.join(sorted(log.vocabulary.milestones[m].zh or m for m in log.date_only))}，各有24小时以内的误差"
        if by_day
        else ""
    )
    count = len({r[0] for r in rows})
    title = (f"本数据可计算{count}个时钟", f"This log can show {count} clocks")
    body = table(
        [
            ("时钟", "clock"),
            ("组", "group"),
            ("起止", "from, to"),
            ("单位", "unit"),
            ("均值", "mean"),
            ("95%区间", "interval"),
            ("中位数", "median"),
            ("P90", ""),
            ("n", ""),
            ("未办结", "open"),
        ],
        rows,
        (4, 5, 6, 7, 8, 9),
    )
    note = (
        (f"{dated}；" if dated else "")
        + "全部时期合计，按起点计，海关通关时间含提前申报。有未办结业务时不给均值，中位数与P90用Kaplan-Meier估计。",
        (f"Dates only in: {', '.join(sorted(by_day))}; each within 24 h. " if by_day else "")
        + "All periods together, by start; customs-only clocks include advance declarations. With open cases no plain mean is given; median and P90 are Kaplan-Meier's.",
    )
    return Block(title, body, book.source, note)
