"""Page 03, export refunds."""

from __future__ import annotations

from datetime import date

from ..analysis.measure import measure
from ..domain.metrics import Duration
from ..results.charts.figures import months_with_steps
from .blocks import (
    Block,
    Book,
    assessed,
    chart,
    interval,
    needs_data,
    no_data,
    number,
    plain_verdict,
    table,
)

NORMAL = {"kind": "refund", "refund_query_raised": {"present": False}}


def headline(book: Book) -> Block:
    """Refund targets of the notice, and what stands beside them."""
    rows = [r for r in book.assessment if r.measure == 5 and r.verdict != "not computed"]
    told = [
        r
        for r in rows
        if r.indicator in ("refund_mean_2021", "refund_mean_2022") and r.value is not None
    ]
    if not told:
        return no_data(book, "refund_approved")
    dropped = book.indicator("refund_dropped_share")
    zh = "；".join(
        f"{r.period}正常退税平均{r.value:.2f}个工作日（{interval(r.low, r.high)}，n={r.n:,}），目标{r.target:g}，{plain_verdict(r.verdict)}"
        for r in told
    )
    en = "; ".join(
        f"{r.period}: mean {r.value:.2f} working days ({interval(r.low, r.high)}, n {r.n:,}), target {r.target:g}, {r.verdict}"
        for r in told
    )
    if dropped.value is not None:
        zh += f"；因疑点未计入的占{100 * dropped.value:.1f}%"
        en += f"; {100 * dropped.value:.1f} % left out because of a query"
    note = (
        "未计入的占比必须与均值同看：剔除越多，均值越低。受理当日计为第0日；“第1日”计法并列。分类时限中一类企业以符合规定条件为前提，三、四类时限为二手来源。一家单位的数据只能说明本样本是否与目标一致。",
        "Read the share left out beside the mean: the more are dropped, the lower it gets. The day of acceptance is day 0; "
        "the other count stands beside. The limit of class 1 holds only if its conditions are met; those of classes 3 and 4 are second-hand. One office's log shows only whether this sample agrees with the target.",
    )
    return Block((zh, en), assessed(rows), book.source, note)


@needs_data
def months(book: Book) -> Block:
    """Normal refunds by month of completion, with the dated targets."""
    clock = Duration(
        "refund_accepted", "refund_approved", unit="working_days", where=NORMAL, dated_by="end"
    )
    rows = measure(
        book.log, clock, as_of=book.as_of, period="month", statistics="mean", calendar=book.calendar
    )
    if not len(rows):
        return no_data(book, "refund_approved")
    last = rows.rows[-1]
    title = (
        f"正常退税平均办理时间：{last.period}为{last.value:.2f}个工作日",
        f"Normal refunds: mean of {last.value:.2f} working days in {last.period}",
    )
    steps = [
        (date(2021, 8, 20), date(2021, 12, 31), 7, "2021年底前 7 by end-2021"),
        (date(2022, 1, 1), date(2022, 12, 31), 6, "2022年底前 6 by end-2022"),
    ]
    figure = months_with_steps(
        rows,
        steps=steps,
        title=title,
        source=book.source,
        label=("均值", "mean"),
        unit=("工作日", "working days"),
    )
    note = (
        "按办结月份统计，只含已办结业务；积压集中办结的月份均值会上升。",
        "By month of completion, finished cases only: clearing a backlog raises a month's mean.",
    )
    return Block(("", ""), chart(figure, title), note=note)


@needs_data
def by_class(book: Book) -> Block:
    """By class of exporter: mean, and the share beyond the limit of the class."""
    clock = Duration(
        "refund_accepted", "refund_approved", unit="working_days", where=NORMAL, dated_by="end"
    )
    limits = Duration(
        "refund_accepted",
        "refund_approved",
        unit="working_days",
        where=NORMAL,
        dated_by="end",
        allowance=("refund_class", {"1": 5, "2": 10, "3": 15, "4": 20}),
    )
    means = measure(
        book.log,
        clock,
        as_of=book.as_of,
        by="refund_class",
        period="year",
        statistics="mean",
        calendar=book.calendar,
    )
    over = {
        (r.groups, r.period): r
        for r in measure(
            book.log,
            limits,
            as_of=book.as_of,
            by="refund_class",
            period="year",
            statistics="share_above:0",
            calendar=book.calendar,
        )
    }
    if not len(means):
        return no_data(book, "refund_class")
    year = max(r.period for r in means)
    rows = []
    for r in means:
        if r.period == year:
            late = over[(r.groups, r.period)]
            rows.append(
                (
                    dict(r.groups)["refund_class"],
                    number(r.value),
                    interval(r.low, r.high),
                    number(r.n),
                    number(late.value, "share"),
                    interval(late.low, late.high, "share"),
                )
            )
    title = (
        f"{year}年各类企业的平均办理时间与超时限占比",
        f"Mean time and share beyond the class limit, {year}",
    )
    body = table(
        [
            ("类别", "class"),
            ("均值", "working days"),
            ("95%区间", "interval"),
            ("n", ""),
            ("超时限占比", "beyond limit"),
            ("95%区间", "interval"),
        ],
        rows,
        (1, 2, 3, 4, 5),
    )
    note = (
        "时限为一至四类5、10、15、20个工作日（国家税务总局公告2016年第46号，通知以外）。",
        "Limits of 5, 10, 15 and 20 working days for classes 1 to 4 (STA announcement 46 of 2016, outside the notice).",
    )
    return Block(title, body, book.source, note)


METHODS = {"exempt_credit_refund": "免抵退税（生产企业）", "exempt_refund": "免退税（外贸企业）"}


@needs_data
def by_method(book: Book) -> Block:
    """By refund method: normal refunds completed, the two years of the targets."""
    clock = Duration(
        "refund_accepted", "refund_approved", unit="working_days", where=NORMAL, dated_by="end"
    )
    rows = measure(
        book.log,
        clock,
        as_of=book.as_of,
        by="refund_method",
        period="year",
        statistics="mean",
        calendar=book.calendar,
    )
    if not len(rows):
        return no_data(book, "refund_method")
    years = sorted({r.period for r in rows})[-2:]
    shown = [r for r in rows if r.period in years]
    last = [r for r in shown if r.period == years[-1]]
    names = {
        r: METHODS.get(dict(r.groups)["refund_method"], dict(r.groups)["refund_method"] or "未注明")
        for r in shown
    }
    title = (
        f"{years[-1]}年按退税方式："
        + "，".join(f"{names[r]}{number(r.value)}个工作日" for r in last),
        f"{years[-1]} by method: "
        + ", ".join(f"{dict(r.groups)['refund_method']} {number(r.value)}" for r in last),
    )
    body = table(
        [
            ("方式", "method"),
            ("年份", "year"),
            ("均值（工作日）", "mean"),
            ("95%区间", "interval"),
            ("n", ""),
        ],
        [
            (names[r], r.period, number(r.value), interval(r.low, r.high), number(r.n))
            for r in shown
        ],
        (2, 3, 4),
    )
    return Block(title, body, book.source)


@needs_data
def cohorts(book: Book) -> Block:
    """By quarter of acceptance: the view that keeps open cases."""
    clock = Duration(
        "refund_accepted", "refund_approved", unit="working_days", where={"kind": "refund"}
    )
    rows = measure(
        book.log,
        clock,
        as_of=book.as_of,
        period="quarter",
        statistics=("median", "within:10"),
        calendar=book.calendar,
    )
    if not len(rows):
        return no_data(book, "refund_accepted")
    quarters = sorted({r.period for r in rows})[-8:]
    found = {(r.period, r.statistic): r for r in rows}
    shown = [
        (
            q,
            number(found[q, "median"].value)
            if found[q, "median"].value is not None
            else found[q, "median"].note,
            number(found[q, "within:10"].value, "share"),
            interval(found[q, "within:10"].low, found[q, "within:10"].high, "share"),
            number(found[q, "median"].n),
            number(found[q, "median"].n_open),
        )
        for q in quarters
    ]
    title = (
        f"按受理季度（含未办结）：{shown[-1][0]}受理的退税中，10个工作日内办结的占{shown[-1][2]}",
        f"By quarter of acceptance, open cases kept: {shown[-1][2]} of {shown[-1][0]} done within 10 working days",
    )
    body = table(
        [
            ("受理季度", "accepted"),
            ("中位数", "median"),
            ("10个工作日内", "within 10"),
            ("95%区间", "interval"),
            ("n", ""),
            ("未办结", "open"),
        ],
        shown,
        (1, 2, 3, 4, 5),
    )
    return Block(title, body, book.source)


@needs_data
def net(book: Book) -> Block:
    """All refunds by year of completion: the whole time, and the same less the time a query was
    open.
    """
    pause = ("refund_query_raised", "refund_query_cleared")
    told: dict = {}
    for stop in (None, pause):
        clock = Duration(
            "refund_accepted",
            "refund_approved",
            unit="working_days",
            where={"kind": "refund"},
            dated_by="end",
            pause=stop,
        )
        for r in measure(
            book.log,
            clock,
            as_of=book.as_of,
            period="year",
            statistics="mean",
            calendar=book.calendar,
        ):
            told.setdefault(r.period, []).append(r)
    if not told:
        return no_data(book, "refund_approved")
    rows = [
        (
            year,
            number(gross.value),
            interval(gross.low, gross.high),
            number(gross.n),
            number(less.value),
            interval(less.low, less.high),
            number(less.n),
        )
        for year, (gross, less) in sorted(told.items())
    ]
    year, whole, _, _, less, *_ = rows[-1]
    title = (
        f"{year}年办结的全部退税平均{whole}个工作日，扣除疑点核查（函调）时间后为{less}个",
        f"All refunds completed in {year}: {whole} working days on average, {less} net of the time a query was open",
    )
    body = table(
        [
            ("办结年份", "completed"),
            ("全程均值", "gross mean"),
            ("95%区间", "interval"),
            ("n", ""),
            ("扣除后均值", "net mean"),
            ("95%区间", "interval"),
            ("n", ""),
        ],
        rows,
        (1, 2, 3, 4, 5, 6),
    )
    note = (
        "多次或重叠的疑点核查不重复扣除；未排除的扣至办结；有排除而无提出记录的不计入扣除后均值（两个n之差）。扣除后的时间不是通知的口径，只用来区分等待核查与办理本身。",
        "Repeated and overlapping queries are taken off once, one never cleared up to completion; a refund whose query was cleared "
        "but never raised is in no net mean (the difference of the two n). Net time is not how the notice counts: it only tells waiting on a query from handling.",
    )
    return Block(title, body, book.source, note)
