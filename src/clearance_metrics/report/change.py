"""Page 07, change: from the year before the notice to the latest one, term by term; ports side by
side.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..analysis.bridge import bridge
from ..analysis.bridge_records import Bridge, BridgeRow
from ..analysis.league import league
from ..analysis.policy import CAVEAT
from ..analysis.stages import SPLITS, stage_word
from ..domain.ends import ENOUGH
from ..domain.metrics import Duration
from ..domain.windows import last_month, months
from ..results.charts.bridge import waterfall
from ..results.charts.league import ranks
from ..statistics.reasons import Reason
from .blocks import Block, Book, chart, needs_data, table
from .wording import NONE, interval, number, unit_words

FIRST = {"import": "conveyance_arrived", "export": "gate_in"}
MODES = ("sea", "air", "rail", "road")

Months = tuple[str, str]


def overall(kind: str, **more: object) -> Duration:
    """The overall clock of finished imports or exports, by month of release."""
    where = {"kind": kind, **more}
    return Duration(FIRST[kind], "customs_released", where=where, dated_by="end")


def with_caveat(book: Book, *told: Reason | str) -> str:
    """A note with the sentence that stands under everything about change."""
    return book.joined([*told, CAVEAT], "report.gap")


def latest_year(book: Book) -> Months:
    """The latest twelve whole months up to the day of the book."""
    last = last_month(date.fromisoformat(book.as_of[:10]))
    return months(f"{int(last[:4]) - 1}-{last[5:]}", last)[1], last


def sides(book: Book) -> tuple[Months, Months] | None:
    """The baseline months of the notice and the latest twelve whole months; None while these
    overlap.

    >>> from types import SimpleNamespace as Made
    >>> notice = Made(baseline_first=date(2020, 9, 1), baseline_last=date(2021, 8, 31))
    >>> sides(Made(notice=notice, as_of="2022-12-31"))
    (('2020-09', '2021-08'), ('2022-01', '2022-12'))
    >>> sides(Made(notice=notice, as_of="2022-06-30"))
    """
    before = str(book.notice.baseline_first)[:7], str(book.notice.baseline_last)[:7]
    after = latest_year(book)
    return (before, after) if after[0] > before[1] else None


def too_early(book: Book) -> Block:
    """In place of a bridge while the latest year still overlaps the year before the notice."""
    first, last = str(book.notice.baseline_first)[:7], str(book.notice.baseline_last)[:7]
    title = book.say("change.too_early", day=book.as_of, first=first, last=last)
    return Block(title, "", book.source)


def signed(value: float) -> str:
    """A change with its sign."""
    return f"{value:+.2f}"


def signed_figure(book: Book, value: float, low: float | None, high: float | None) -> str:
    """A change with its sign and its interval."""
    between = interval(low, high, lang=book.lang)
    return book.say("figure.with_interval", value=signed(value), interval=between)


def _label(book: Book, row: BridgeRow) -> str:
    """A term in words."""
    if row.stage:
        return book.say("change.stage", stage=_stage(book, row))
    if row.term == "composition" and row.factor:
        return book.say("change.composition", column=book.term("column", row.factor))
    return row.label(book.lang)


def _stage(book: Book, row: BridgeRow) -> str:
    word = stage_word(row.stage)
    return book.say(word) if word else row.stage


def _bridged(book: Book, found: Bridge, title: str, *notes: Reason) -> Block:
    """Chart and table of a bridge, or the reason why there is none."""
    rows, hours = found.rows, unit_words("hours", book.lang)
    drawn, staged = len(rows) > 2, any(r.stage for r in rows)
    told = [r.to_dict() | {"label": _label(book, r)} for r in rows]
    body = ""
    if drawn:
        words = {"lang": book.lang, "title": title, "source": book.source, "unit": hours}
        body = chart(waterfall(told, **words), title)
    columns = ("mean_before", "mean_after", "share_before", "share_after")
    heads = [book.say("change.term"), hours, *book.heads("interval", "n")]
    heads += book.heads(*(f"change.{name}" for name in columns))
    shown = [
        (
            t["label"],
            number(r.value),
            interval(r.low, r.high, lang=book.lang),
            _count(r),
            *map(number, (r.level_before, r.level_after)),
            *(number(s, "share") for s in (r.share_before, r.share_after)),
        )
        for r, t in zip(rows, told, strict=True)
    ]
    # a stage is passed by all cases: its shares say nothing
    width = 6 if staged else 8
    body += table(heads[:width], [r[:width] for r in shown], range(1, width))
    warned = [Reason("change.warning", warning=why) for why in found.warnings]
    note = with_caveat(book, *warned, Reason("change.method", method=found.method), *notes)
    return Block("" if drawn else title, body, "" if drawn else book.source, note)


def _count(row: BridgeRow) -> str:
    if row.term in ("before", "after"):
        return f"{row.n_before or row.n_after:,}"
    return f"{row.n_before:,} → {row.n_after:,}"


def no_value(book: Book, name: Reason, reasons: Iterable[Reason]) -> Block:
    """In place of a finding: what it would be about, and why there is none."""
    why = tuple(dict.fromkeys(reasons)) or (Reason("no_cases"),)
    return Block(book.say("change.no_value", name=name, why=why), "", book.source)


def _unbridged(book: Book, name: str, kind: str, found: Bridge) -> Block:
    told = [reason for row in found for reason in row.reasons]
    return no_value(book, Reason(f"change.{name}", side=Reason(f"side.{kind}")), told)


def _ends(found: Bridge) -> tuple[BridgeRow, BridgeRow] | None:
    first, last = found.rows[0], found.rows[-1]
    return None if first.value is None or last.value is None else (first, last)


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
    ends, side = _ends(found), Reason(f"side.{kind}")
    if ends is None:
        return _unbridged(book, "overall", kind, found)
    mix = next((r for r in found if r.term == "composition"), None)
    if mix is None:
        return _bridged(book, found, book.say("change.apart", side=side))
    title = book.say(
        "change.by_port",
        side=side,
        before=ends[0].value,
        after=ends[1].value,
        mix=signed_figure(book, mix.value, mix.low, mix.high),
        own=sum(r.value for r in found if r.term == "own"),
    )
    spans = [Reason("figure.span", first=first, last=last) for first, last in two]
    return _bridged(
        book, found, title, Reason("change.by_port_note", before=spans[0], after=spans[1])
    )


@needs_data
def within_modes(book: Book, kind: str) -> Block:
    """Per mode of transport: how much of its change is cargo moving between its ports."""
    two = sides(book)
    if two is None:
        return too_early(book)
    rows, against = [], []
    for mode in MODES:
        clock = overall(kind, mode=mode)
        found = bridge(book.log, clock, by="port", before=two[0], after=two[1], as_of=book.as_of)
        ends, mix = _ends(found), next((r for r in found if r.term == "composition"), None)
        own = [r for r in found if r.term == "own"]
        if ends is None or mix is None or len(own) < 2:
            continue
        if found.warnings:
            against.append(Reason(f"mode.{mode}"))
        moves = [
            Reason(
                "figure.named",
                name=str(dict(r.groups)["port"]),
                value=signed_figure(book, r.value, r.low, r.high),
            )
            for r in own
        ]
        rows.append(
            (
                book.say(f"mode.{mode}"),
                number(ends[0].value),
                number(ends[1].value),
                f"{ends[0].n_before:,} → {ends[1].n_after:,}",
                signed(mix.value),
                interval(mix.low, mix.high, lang=book.lang),
                book.joined(moves),
            )
        )
    if not rows:
        return Block(book.say("change.no_mode"), "", book.source)
    title = book.say("change.modes_against", modes=against) if against else book.say("change.modes")
    heads = ("mode", "hours_before", "hours_after", "before_after", "mix")
    body = table(
        [*book.heads(*(f"change.{h}" for h in heads), "interval", "change.ports_own")],
        rows,
        range(1, 6),
    )
    return Block(title, body, book.source, with_caveat(book, "change.modes_note"))


@needs_data
def by_stage(book: Book, kind: str) -> Block:
    """The official clock of port release, from old to new, stage by stage."""
    two = sides(book)
    if two is None:
        return too_early(book)
    chain = SPLITS[kind]
    clock = Duration(chain[0], chain[-1], where={"kind": kind}, dated_by="end")
    found = bridge(book.log, clock, stages=kind, before=two[0], after=two[1], as_of=book.as_of)
    ends, parts = _ends(found), [r for r in found if r.stage]
    if ends is None or not parts:
        return _unbridged(book, "port_release", kind, found)
    pick = min if ends[1].value < ends[0].value else max
    most = pick(parts, key=lambda r: r.value)
    title = book.say(
        "change.by_stage",
        side=Reason(f"side.{kind}"),
        before=ends[0].value,
        after=ends[1].value,
        stage=_stage(book, most),
        part=signed_figure(book, most.value, most.low, most.high),
    )
    return _bridged(book, found, title, Reason("change.by_stage_note"))


@needs_data
def ports(book: Book, kind: str) -> Block:
    """Ports side by side, with the ranks that each may have."""
    found = league(book.log, overall(kind), by="port", as_of=book.as_of)
    ranked, side = [r for r in found if r.rank is not None], Reason(f"side.{kind}")
    if not len(found):
        return no_value(book, Reason("change.overall", side=side), found.reasons)
    sure = [r for r in ranked if r.rank_low == r.rank_high]
    if ranked:
        title = book.say("change.ranked", side=side, n=len(ranked), sure=len(sure))
    else:
        title = book.say("change.none_ranked", side=side, few=ENOUGH)
    hours = unit_words("hours", book.lang)
    figure = ranks(found, lang=book.lang, title=title, source=book.source, unit=hours)
    heads = ("pooled", "rank", "rank_interval")
    body = chart(figure, title) + table(
        [
            book.say("change.port"),
            book.say("change.mean_hours"),
            *book.heads("interval", "n", *(f"change.{h}" for h in heads)),
        ],
        [
            (
                book.say("change.few_port", port=r.label, few=ENOUGH) if r.few else r.label,
                number(r.value),
                interval(r.low, r.high, lang=book.lang),
                number(r.n),
                number(r.pooled),
                number(r.rank),
                NONE
                if r.rank is None
                else book.say("figure.interval", low=r.rank_low, high=r.rank_high),
            )
            for r in found
        ],
        range(1, 7),
    )
    return Block("", body, "", with_caveat(book, Reason("change.ports_note", few=ENOUGH)))
