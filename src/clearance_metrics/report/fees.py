"""Page 04, port charges."""

from __future__ import annotations

from datetime import date

from ..analysis.measure import measure
from ..analysis.price_index import basket
from ..assessment.violations import breaches
from ..domain import windows
from ..domain.metrics import Fee
from ..results.charts.figures import months_with_steps
from .blocks import Block, Book, assessed, chart, needs_data, no_data, number, plain_verdict, table

INDICATORS = {
    "security_fee_lines": "单列保安费",
    "outside_list": "目录清单之外",
    "above_ceiling": "超过政府定价或未执行减免",
    "above_published": "高于公示标准",
    "pilotage_ratio": "引航费超过上限",
    "security_sub_item": "保安子项超过原标准",
}
RULES = {
    "above the set price": "超过政府定价",
    "waiver not applied": "未执行减免",
    "not on the published list": "不在目录清单",
    "above the published rate": "高于公示标准",
    "above the pilotage ceiling": "超过引航费上限",
    "not allowed": "不得单列收取",
    "billed twice": "疑似重复收费",
}
# the security fee is now a sub-item of the lump sum: what was one is set beside what it became
CONCORDANCE = {
    "港口设施保安费": "保安费（单列或子项）",
    "港口作业包干费-保安子项": "保安费（单列或子项）",
}


def headline(book: Book) -> Block:
    """Measures 10 to 12 in one table."""
    rows = [
        r
        for r in book.assessment
        if r.measure in (10, 11, 12)
        and r.verdict not in ("not computed", "not measurable from logs")
    ]
    told = [r for r in rows if r.indicator in INDICATORS and r.value is not None]
    if not told and all(r.verdict == "no data" for r in rows):
        return no_data(book, "charges")
    if not told:
        return Block(
            ("截至该日尚无到期的收费规定", "No rule on charges is due by this day"),
            assessed(rows),
            book.source,
        )
    zh = "；".join(
        f"{INDICATORS[r.indicator]}：{plain_verdict(r.verdict)}（核对{r.n:,}行）" for r in told
    )
    en = "; ".join(f"{r.indicator.replace('_', ' ')}: {r.verdict} of {r.n:,} lines" for r in told)
    note = (
        "政府定价标准由公开收费推算而得（D级），未见原表；单列保安费与子项标准出自2022年后续通知，在本通知以外。",
        "The set prices are worked out from published charges (confidence D), the official table was not seen; the rules on the "
        "security fee come from the follow-up of 2022, outside the notice.",
    )
    return Block((zh, en), assessed(rows), book.source, note)


@needs_data
def listed(book: Book, indicator: str, most: int = 10) -> Block:
    """The lines that break a rule, the largest first: what was charged, the reference in force,
    what lies above it.
    """
    found = book.notice.indicator(indicator)
    row = book.indicator(indicator)
    name, plain = INDICATORS[indicator], indicator.replace("_", " ")
    if row.verdict in ("not due", "no data"):
        return Block(
            (f"{name}：{plain_verdict(row.verdict)}", f"{plain}: {row.verdict}"), "", book.source
        )
    lines = breaches(
        book.log,
        book.notice,
        as_of=book.as_of,
        indicator=indicator,
        limit=most,
        calendar=book.calendar,
    )
    if not len(lines):
        return Block((f"{name}：没有发现违规收费行", f"{plain}: no line found"), "", book.source)
    total = int(row.value)
    title = (
        f"{name}：共{total:,}行，列出金额最大的{len(lines)}行",
        f"{plain}: {total:,} lines, the {len(lines)} largest",
    )
    body = table(
        [
            ("业务", "case"),
            ("收费行", "line"),
            ("口岸", "port"),
            ("项目", "item"),
            ("计费日", "day"),
            ("收取（元）", "charged"),
            ("违反", "rule"),
            ("标准（元）", "reference"),
            ("标准出处", "row in force"),
            ("多收（元）", "excess"),
        ],
        [
            (
                r.case_id,
                r.line_id,
                r.port,
                r.item,
                r.charged_on,
                number(r.amount),
                RULES[r.rule],
                number(r.rate),
                r.tariff,
                number(r.excess),
            )
            for r in lines
        ],
        (5, 7, 9),
    )
    return Block(
        title, body, f"{book.source} · 依据 rule: {found.target.clause}, {found.target.source}"
    )


@needs_data
def price_index(book: Book) -> Block:
    """The whole basket, the year before the notice against the latest year: prices apart from mix."""
    last = windows.last_month(date.fromisoformat(book.as_of))
    after = (windows.months(f"{int(last[:4]) - 1}{last[4:]}", last)[1], last)
    before = (str(book.notice.baseline_first)[:7], str(book.notice.baseline_last)[:7])
    if after[0] <= before[1]:
        return Block(
            (
                "通知后不足十二个整月，暂不计算价格指数",
                "Fewer than twelve whole months after the notice: no index yet",
            ),
            "",
            book.source,
        )
    found = basket(
        book.log,
        before,
        after,
        as_of=book.as_of,
        strata=("port", "kind"),
        where={"kind": ["import", "export"]},
        concordance=CONCORDANCE,
    )
    price = found.price
    if price.value is None:
        return no_data(book, "charges")
    cut = 100 * (price.value - 1)
    low, high = ("–" if x is None else f"{x:.3f}" for x in (price.low, price.high))
    title = (
        f"每标箱全部收费的价格指数{price.value:.3f}（95%区间{low}～{high}），即{cut:+.1f}%",
        f"Price index of all charges per TEU {price.value:.3f} (95 % interval {low} to {high}): {cut:+.1f} %",
    )
    rows = [
        (item, number(was), number(now), f"{100 * (now / was - 1):+.1f}%" if was and now else "–")
        for item, was, now in found.items
    ]
    rows.append(
        (
            "合计",
            *(number(x) for x in found.per_teu),
            f"{100 * (found.per_teu[1] / found.per_teu[0] - 1):+.1f}%",
        )
    )
    body = table(
        [
            ("项目", "item"),
            (before[0] + "～" + before[1], "CNY per TEU"),
            (after[0] + "～" + after[1], "CNY per TEU"),
            ("变化", "change"),
        ],
        rows,
        (1, 2, 3),
    )
    note = (
        f"费雪指数：同口岸、同进出口方向相比（{found.groups}组，{found.n_before:,}例对{found.n_after:,}例，{found.left_out:,}例无可比对象），"
        f"箱量结构变化不计入；金额变化{found.value:.3f}＝价格{price.value:.3f}×数量{found.quantity:.3f}。单列保安费并入包干费后按同一项目比较。",
        f"Fisher index within port and direction ({found.groups} groups, {found.n_before:,} against {found.n_after:,} cases, "
        f"{found.left_out:,} without a match), so the mix of traffic plays no part; value {found.value:.3f} = price {price.value:.3f} "
        f"x quantity {found.quantity:.3f}. The security fee is compared as one item before and after it was folded in.",
    )
    return Block(title, body, book.source, note)


@needs_data
def per_teu(book: Book) -> Block:
    """What a TEU pays in all, by month: moving a fee into a lump sum saves nothing."""
    metric = Fee(per="teu", where={"kind": ["import", "export"]})
    rows = measure(book.log, metric, as_of=book.as_of, period="month", statistics="mean")
    if not len(rows):
        return no_data(book, "charges")
    row = book.indicator("charges_per_teu")
    if row.value is None:
        last = [r for r in rows if r.value is not None][-1]
        title = (
            f"每标箱收费合计：{last.period}平均{number(last.value)}元",
            f"All charges per TEU: {number(last.value)} yuan in {last.period}",
        )
    else:
        title = (
            f"每标箱收费合计：{row.period}平均{number(row.value)}元，较基期{plain_verdict(row.verdict)}",
            f"All charges per TEU: {number(row.value)} yuan on average over {row.period}, {row.verdict}",
        )
    figure = months_with_steps(
        rows,
        title=title,
        source=book.source,
        label=("每标箱收费", "yuan per TEU"),
        unit=("元/标箱", "CNY per TEU"),
        marker=(date(2022, 4, 1), "保安费并入包干费 fee folded in")
        if book.as_of >= "2022-04"
        else None,
    )
    note = (
        "保安费自2022年4月1日并入港口作业包干费：只看单项会显示“取消”，合计才反映负担。",
        "From 1 April 2022 the security fee is part of the lump sum: single items show an abolition, only the sum shows the burden.",
    )
    return Block(("", ""), chart(figure, title), note=note)


@needs_data
def by_item(book: Book) -> Block:
    """Each charge item: lines and yuan in the last year."""
    rows = measure(
        book.log,
        Fee(per="line"),
        as_of=book.as_of,
        by="item",
        period="year",
        statistics=("sum", "mean"),
    )
    if not len(rows):
        return no_data(book, "charges")
    year = max(r.period for r in rows)
    found: dict = {}
    for r in rows:
        if r.period == year:
            found.setdefault(dict(r.groups)["item"], {})[r.statistic] = r
    ordered = sorted(found.items(), key=lambda kv: -kv[1]["sum"].value)
    whole = sum(v["sum"].value for v in found.values())
    title = (
        f"{year}年收费{whole:,.0f}元，其中{ordered[0][0]}占{100 * ordered[0][1]['sum'].value / whole:.1f}%",
        f"{year}: {whole:,.0f} yuan charged, {100 * ordered[0][1]['sum'].value / whole:.1f} % of it {ordered[0][0]}",
    )
    body = table(
        [
            ("项目", "item"),
            ("行数", "lines"),
            ("金额（元）", "yuan"),
            ("每行平均（元）", "per line"),
        ],
        [
            (k, number(v["sum"].n), number(v["sum"].value), number(v["mean"].value))
            for k, v in ordered
        ],
        (1, 2, 3),
    )
    return Block(title, body, book.source)
