"""Page 01, data quality: what became of every row."""

from __future__ import annotations

from collections import Counter
from html import escape

import pyarrow.parquet as pq

from .blocks import Block, Book, Html, number, table

RULES = {
    "malformed_row": "行结构损坏",
    "missing_case_id": "缺业务编号",
    "unknown_milestone": "状态代码未知",
    "missing_time": "缺时间",
    "unparseable_time": "时间无法识别",
    "time_outside_window": "时间超出合理范围",
    "unknown_currency": "币种未知",
    "unparseable_amount": "金额无法识别",
    "negative_amount": "金额为负",
    "unknown_value": "取值未知",
    "bad_type": "类型不符",
    "duplicate": "编号重复、内容不同",
}

REMEDIES = {
    "malformed_row": "修正该行的引号或字段数",
    "missing_case_id": "补上业务编号",
    "unknown_milestone": "在映射中加入该代码，或更正",
    "missing_time": "补上时间，或在来源处剔除",
    "unparseable_time": "在映射中加入该格式，或列为空值",
    "time_outside_window": "更正日期，或放宽合理范围",
    "unknown_currency": "使用三位ISO 4217代码",
    "unparseable_amount": "金额写成最多两位小数的数字",
    "negative_amount": "退款与收费分列",
    "unknown_value": "在映射中加入该取值",
    "bad_type": "更正取值，或声明为文本",
    "duplicate": "每个业务保留一行",
}


def receipt(book: Book) -> Block:
    """Rows read, accepted, rejected and duplicate, per file."""
    files, total = book.log.receipt["files"], book.log.receipt["totals"]
    share = total["accepted"] / total["rows_read"] if total["rows_read"] else 0
    title = (
        f"读入{total['rows_read']:,}行，接受{total['accepted']:,}行（{100 * share:.2f}%），拒绝{total['rejected']:,}行，"
        f"完全重复{total['duplicates']:,}行",
        f"Of {total['rows_read']:,} rows read {total['accepted']:,} were accepted, {total['rejected']:,} rejected and "
        f"{total['duplicates']:,} were exact duplicates",
    )
    keys = ("rows_read", "accepted", "rejected", "duplicates")
    body = table(
        [
            ("文件", "file"),
            ("读入", "read"),
            ("接受", "accepted"),
            ("拒绝", "rejected"),
            ("重复", "duplicates"),
            ("校验", "sha256"),
        ],
        [(f["path"], *(number(f[k]) for k in keys), f["sha256"][:12]) for f in files]
        + [("合计 total", *(number(total[k]) for k in keys), "")],
        (1, 2, 3, 4),
    )
    note = (
        "每个文件中，接受、拒绝、重复三者之和等于读入行数。",
        "In each file accepted, rejected and duplicate rows add up to the rows read.",
    )
    return Block(title, body, book.source, note)


def rejected(book: Book) -> Block:
    """Rejected rows by rule, with what to do and an example each."""
    counts = book.log.receipt["rejected_by_rule"]
    if not counts:
        return Block(("没有被拒绝的行", "No row was rejected"), "", book.source)
    rows = pq.read_table(book.log.folder / "rejects.parquet").to_pylist()
    first = {}
    for row in rows:
        first.setdefault(row["rule"], row)
    worst = max(counts, key=counts.get)
    title = (
        f"拒绝最多的原因是“{RULES[worst]}”（{counts[worst]:,}行）",
        f"The commonest reason for rejection is {worst} ({counts[worst]:,} rows)",
    )
    body = table(
        [("规则", "rule"), ("行数", "rows"), ("示例", "example"), ("处理", "what to do")],
        [
            (
                f"{RULES[rule]} {rule}",
                number(n),
                f"{first[rule]['file']}:{first[rule]['line']} “{first[rule]['value'] or ''}”",
                Html(f"{REMEDIES[rule]}<small lang='en'>{escape(first[rule]['remedy'])}</small>"),
            )
            for rule, n in counts.items()
        ],
        (1,),
    )
    note = (
        "全部被拒绝的行在 rejects.parquet 中，含文件、行号、规则、原值与处理办法。",
        "Every rejected row is in rejects.parquet with file, line, rule, value and remedy.",
    )
    return Block(title, body, book.source, note)


def coverage(book: Book) -> Block:
    """Events by milestone, and how finely they are timed."""
    told, words = book.log.receipt["resolution"], book.log.vocabulary.milestones
    finest: Counter = Counter()
    for kinds in told.values():
        finest.update(kinds)
    by_day = finest.get("day", 0) / max(sum(finest.values()), 1)
    title = (
        f"共{len(told)}种环节、{sum(finest.values()):,}条事件，其中{100 * by_day:.1f}%仅精确到日",
        f"{len(told)} milestones, {sum(finest.values()):,} events, {100 * by_day:.1f} % timed to the day only",
    )
    body = table(
        [
            ("环节", "milestone"),
            ("名称", "name"),
            ("精确到秒", "second"),
            ("到分", "minute"),
            ("到日", "day"),
        ],
        [
            (words[m].zh, m, *(number(kinds.get(k, 0)) for k in ("second", "minute", "day")))
            for m, kinds in told.items()
        ],
        (2, 3, 4),
    )
    bare, lost = (
        book.log.receipt["cases_without_attributes"],
        book.log.receipt["charges_without_case"],
    )
    note = (
        f"没有属性的业务{bare:,}例；找不到业务的收费{lost:,}行。仅精确到日的时间从不当作零点。",
        f"{bare:,} cases have no attributes; {lost:,} charge lines have no case. A date is never taken as midnight.",
    )
    return Block(title, body, book.source, note)
