"""Page 06, documents, channels, messages and operations: each by its kind."""

from __future__ import annotations

from ..analysis.measure import measure
from ..assessment.check_limits import limits_kept
from .blocks import (
    Block,
    Book,
    Html,
    assessed,
    interval,
    needs_data,
    no_data,
    number,
    plain_verdict,
    table,
    verdict,
)

ENOUGH = 30
# each table: the indicator it takes apart, the column, and the words
KINDS = {
    "electronic_documents": (
        "document_type",
        "电子单证占比",
        "electronic documents",
        ("单证", "document"),
    ),
    "single_window_functions": (
        "function",
        "经“单一窗口”办理占比",
        "done through the single window",
        ("业务功能", "function"),
    ),
    "status_messages": (
        "message_type",
        "一日内收到状态信息占比",
        "status messages within a day",
        ("状态", "status"),
    ),
    "licence_electronic": (
        "licence_type",
        "电子证件占比",
        "electronic certificates",
        ("证件种类", "certificate"),
    ),
}


def headline(book: Book) -> Block:
    """Measures 6, 13, 14, 20 and 21 in one table."""
    rows = [
        r
        for r in book.assessment
        if r.measure in (6, 13, 14, 20, 21) and r.verdict != "not measurable from logs"
    ]
    told = [r for r in rows if r.indicator in KINDS and r.value is not None]
    if not told:
        return no_data(book, "document_issued")
    zh = "；".join(
        f"{KINDS[r.indicator][1]}{number(r.value, 'share')}，较基期{plain_verdict(r.verdict)}"
        for r in told
    )
    en = "; ".join(f"{KINDS[r.indicator][2]} {number(r.value, 'share')}, {r.verdict}" for r in told)
    return Block((zh, en[0].upper() + en[1:]), assessed(rows), book.source)


@needs_data
def by_kind(book: Book, indicator: str) -> Block:
    """One share, by kind: the baseline year and the latest year; kinds with fewer than 30 cases are
    not printed.
    """
    column, zh, en, words = KINDS[indicator]
    row, found = book.indicator(indicator), book.notice.indicator(indicator)
    rows = measure(
        book.log, found.metric, as_of=book.as_of, by=column, period="year", statistics="share"
    )
    years = sorted({r.period for r in rows if r.n >= ENOUGH})
    if not years:
        return no_data(book, column)
    first, last = years[max(0, len(years) - 3)], years[-1]
    told: dict = {}
    for r in rows:
        if r.period in (first, last):
            told.setdefault(dict(r.groups)[column], {})[r.period] = r
    kept = {k: v for k, v in told.items() if last in v and v[last].n >= ENOUGH}
    if not kept:
        return no_data(book, column)
    ordered = sorted(kept.items(), key=lambda item: -item[1][last].value)
    body = table(
        [words, (f"{first}年", ""), (f"{last}年", ""), ("95%区间", "interval"), ("n", "")],
        [
            (
                k,
                number(v[first].value, "share") if first in v and v[first].n >= ENOUGH else "–",
                number(v[last].value, "share"),
                interval(v[last].low, v[last].high, "share"),
                number(v[last].n),
            )
            for k, v in ordered
        ],
        (1, 2, 3, 4),
    )
    best, worst = ordered[0], ordered[-1]
    title = (
        f"{zh}：{last}年最高{best[0]} {number(best[1][last].value, 'share')}，最低{worst[0]} {number(worst[1][last].value, 'share')}",
        f"{en[0].upper() + en[1:]}: {number(best[1][last].value, 'share')} at most, {number(worst[1][last].value, 'share')} at least in {last}",
    )
    few = len(told) - len(kept)
    note = (
        (
            f"不足{ENOUGH}例的{few}种不列。",
            f"{few} kinds with fewer than {ENOUGH} cases are not printed.",
        )
        if few
        else ("", "")
    )
    return Block(title, body, f"{book.source} · {row.title_zh}", note)


@needs_data
def limits(book: Book) -> Block:
    """Each port's own published limit in force on the day, and how many operations kept to it."""
    found = limits_kept(book.log, as_of=book.as_of)
    if not len(found):
        return no_data(book, "limits")
    late = [r for r in found if r.verdict == "not met"]
    title = (
        f"公布的{len(found)}项作业时限中，{len(late)}项未达到",
        f"{len(late)} of {len(found)} published limits were not kept",
    )
    body = table(
        [
            ("口岸", "port"),
            ("作业", "operation"),
            ("时限（分钟）", "minutes"),
            ("承诺占比", "promised"),
            ("有效期", "in force"),
            ("达到占比", "kept"),
            ("95%区间", "interval"),
            ("n", ""),
            ("判断", "verdict"),
        ],
        [
            (
                r.port,
                r.operation,
                number(r.minutes),
                number(r.required, "share"),
                Html(f"{r.valid_from}～{r.valid_to}"),
                number(r.share, "share"),
                interval(r.low, r.high, "share"),
                number(r.n),
                verdict(r.verdict),
            )
            for r in found
        ],
        (2, 3, 5, 6, 7),
    )
    note = (
        f"以下单当日有效的时限衡量；{found.without:,}次作业没有已知时限，未计入。承诺100%的，一次超时即未达到。",
        f"By the limit in force when the operation was ordered; {found.without:,} operations have no known limit and are left out. "
        "A promise of 100 % is broken by one.",
    )
    return Block(title, body, book.source, note)
