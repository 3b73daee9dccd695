"""Page 04, port charges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

from ..figures import months_with_steps
from ..measuring import measure, violations
from ..metrics import Fee
from .blocks import Block, Book, assessed, chart, needs_data, no_data, number, plain_verdict, table

INDICATORS = {"security_fee_lines": "单列保安费", "outside_list": "目录清单之外", "above_ceiling": "超过政府定价"}


def headline(book: Book) -> Block:
    """Measures 10 to 12 in one table."""
    rows = [
        r
        for r in book.assessment
        if r.measure in (10, 11, 12) and r.verdict not in ("not computed", "not measurable from logs")
    ]
    told = [r for r in rows if r.indicator in INDICATORS and r.value is not None]
    if not told and all(r.verdict == "no data" for r in rows):
        return no_data(book, "charges")
    if not told:
        return Block(
            ("截至该日尚无到期的收费规定", "No rule on charges is due by this day"), assessed(rows), book.source
        )
    zh = "；".join(f"{INDICATORS[r.indicator]}：{plain_verdict(r.verdict)}（核对{r.n:,}行）" for r in told)
    en = "; ".join(f"{r.indicator.replace('_', ' ')}: {r.verdict} of {r.n:,} lines" for r in told)
    note = ("政府定价标准由公开收费推算而得（D级），未见原表；单列保安费与子项标准出自2022年后续通知，在本通知以外。",
            "The set prices are worked out from published charges (confidence D), the official table was not seen; the rules on the "
            "security fee come from the follow-up of 2022, outside the notice.")  # fmt: skip
    return Block((zh, en), assessed(rows), book.source, note)


@needs_data
def listed(book: Book, indicator: str, most: int = 10) -> Block:
    """The lines that break a rule, the largest first."""
    found = book.notice.indicator(indicator)
    row = book.indicator(indicator)
    metric = replace(
        found.metric, where={**found.metric.where, "charged_on": MappingProxyType({"at_least": found.target.due})}
    )
    if row.verdict in ("not due", "no data"):
        return Block(
            (f"{INDICATORS[indicator]}：{plain_verdict(row.verdict)}", f"{indicator.replace('_', ' ')}: {row.verdict}"),
            "",
            book.source,
        )
    lines = violations(book.log, metric, as_of=book.as_of, limit=most)
    name = INDICATORS[indicator]
    if not lines:
        return Block((f"{name}：没有发现违规收费行", f"{indicator.replace('_', ' ')}: no line found"), "", book.source)
    total = int(row.value)
    title = (
        f"{name}：共{total:,}行，列出金额最大的{len(lines)}行",
        f"{indicator.replace('_', ' ')}: {total:,} lines, the {len(lines)} largest",
    )
    body = table(
        [("业务", "case"), ("收费行", "line"), ("项目", "item"), ("涉及金额（元）", "yuan")],
        [(r["case_id"], r["line_id"], r["item"], number(r["value"] / 100)) for r in lines], (3,),
    )  # fmt: skip
    return Block(title, body, f"{book.source} · 依据 rule: {found.target.clause}, {found.target.source}")


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
        title = (f"每标箱收费合计：{row.period}平均{number(row.value)}元，较基期{plain_verdict(row.verdict)}",
             f"All charges per TEU: {number(row.value)} yuan on average over {row.period}, {row.verdict}")  # fmt: skip
    figure = months_with_steps(
        rows, title=title, source=book.source, label=("每标箱收费", "yuan per TEU"), unit=("元/标箱", "CNY per TEU"),
        marker=(date(2022, 4, 1), "保安费并入包干费 fee folded in") if book.as_of >= "2022-04" else None,
    )  # fmt: skip
    note = ("保安费自2022年4月1日并入港口作业包干费：只看单项会显示“取消”，合计才反映负担。",
            "From 1 April 2022 the security fee is part of the lump sum: single items show an abolition, only the sum shows the burden.")  # fmt: skip
    return Block(("", ""), chart(figure, title), note=note)


@needs_data
def by_item(book: Book) -> Block:
    """Each charge item: lines and yuan in the last year."""
    rows = measure(book.log, Fee(per="line"), as_of=book.as_of, by="item", period="year", statistics=("sum", "mean"))
    if not len(rows):
        return no_data(book, "charges")
    year = max(r.period for r in rows)
    found: dict = {}
    for r in rows:
        if r.period == year:
            found.setdefault(dict(r.groups)["item"], {})[r.statistic] = r
    ordered = sorted(found.items(), key=lambda kv: -kv[1]["sum"].value)
    whole = sum(v["sum"].value for v in found.values())
    title = (f"{year}年收费{whole:,.0f}元，其中{ordered[0][0]}占{100 * ordered[0][1]['sum'].value / whole:.1f}%",
             f"{year}: {whole:,.0f} yuan charged, {100 * ordered[0][1]['sum'].value / whole:.1f} % of it {ordered[0][0]}")  # fmt: skip
    body = table([("项目", "item"), ("行数", "lines"), ("金额（元）", "yuan"), ("每行平均（元）", "per line")],
                 [(k, number(v["sum"].n), number(v["sum"].value), number(v["mean"].value)) for k, v in ordered], (1, 2, 3))  # fmt: skip
    return Block(title, body, book.source)
