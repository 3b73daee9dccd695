"""assess(): a notice's indicators computed from a log and set against their targets, in the words
of the design.

Verdicts: met; not met; cannot tell (the interval straddles the target, or fewer than 30 cases); not
due; improved; worse; no clear change; violations: N; no data; not computed; not measurable from
logs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .. import statistics as st
from ..analysis.compare_matched import difference_clock, matched
from ..analysis.estimates import estimate, pooled
from ..domain import windows
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENOUGH, LEFT_OUT, LEFT_OUT_ZH, OPEN
from ..domain.metrics import Duration, Fee, Flag, MatchedDifference, Metric, Share
from ..domain.tariff import Tariff
from ..engine.cells import Cell
from ..engine.log import SMALL, EngineLimit, EventLog, MissingColumn
from ..engine.references import tariff_of
from ..engine.sharing import Ask, tallies
from ..errors import LogError, closest
from ..notice import Indicator, Notice, load_notice
from ..results.records import Assessment, AssessRow
from .judge_target import beside, long_tail, on_the_way, one_sided, resting
from .judge_target import verdict as judged_by
from .violations import since

Words = tuple[str, str]


def assess(
    log: EventLog,
    notice: Notice | str = "cn-2021-85",
    *,
    as_of,
    by: str | Iterable[str] = (),
    calendar: WorkCalendar | None = None,
    level: float = 0.95,
    tariff: Tariff | None = None,
    resolution: str | None = None,
) -> Assessment:
    """Every indicator of the notice as the log stood at the end of the day `as_of`, a row each (per
    group).

    Levels are taken over the month or year that ends on the target's date; directions compare the
    latest twelve whole months with the same calendar months before the notice; zeros count
    violations since the rule's date. A log that lacks a column gets the verdict "no data", with the
    column named. `tariff` (from `load_tariff`) takes the place of the one that ships: an office
    that holds the official tables can judge what here is not verified.

    The indicators share a handful of engine queries; the answer says how many. `resolution` is that
    of durations in hours, "second" or "minute": means are exact in either, medians and percentiles
    exact to it. Without it a log of up to a million cases is read to the second and a larger one to
    the minute; the answer says which.
    """
    if not isinstance(notice, Notice):
        notice = load_notice(notice)
    by = (by,) if isinstance(by, str) else tuple(by)
    known = set(log.columns) | set(log.charges.columns if log.charges is not None else ())
    for name in by:
        if name not in known:
            raise LogError(f"the log has no column {name!r}", "by", closest(name, known))
    if resolution not in (None, "second", "minute"):
        raise LogError(
            f"unknown resolution {resolution!r}", "resolution", 'write "second" or "minute"'
        )
    when = AsOf.of(as_of, log.timezone)
    counted = 0
    if resolution is None:
        resolution, counted = "minute" if log.count_cases() > SMALL else "second", 1
    small = bool(counted) and resolution == "second"
    job = _Job(log, notice, by, calendar, level, tariff, resolution, when, small)
    rows = [row for indicator in notice.indicators for row in job.rows(indicator)]
    return Assessment(tuple(rows), str(as_of), notice.id, job.tallies.queries + counted, resolution)


class _Job:
    def __init__(
        self,
        log,
        notice,
        by,
        calendar,
        level,
        tariff,
        resolution,
        when: AsOf,
        small: bool,
    ) -> None:
        self.log, self.notice, self.by, self.level, self.tariff = log, notice, by, level, tariff
        self.calendar, self.resolution = calendar, resolution
        self.day = when.date
        asks = [ask for i in notice.indicators if i.status == "computed" for ask in self.asks(i)]
        self.tallies = tallies(log, asks, as_of=when, small=small)

    def asks(self, indicator: Indicator) -> list[Ask]:
        """The tallies that an indicator is judged by; of a forbidden item also that of all lines
        since its date.
        """
        metric = indicator.metric
        if isinstance(metric, MatchedDifference):
            return [self.ask(difference_clock(self.log, metric, self.calendar), more=metric.groups)]
        if indicator.kind != "zero" or not isinstance(metric, Fee):
            return [self.ask(metric)]
        metric, _ = since(indicator, self.day)
        plain = metric.items and not metric.against
        return [
            self.ask(metric, None),
            *([self.ask(replace(metric, items=None), None)] if plain else []),
        ]

    def ask(
        self, metric: Metric, period: str | None = "month", more: tuple[str | Flag, ...] = ()
    ) -> Ask:
        if isinstance(metric, Duration):
            metric = replace(
                metric, calendar=self.calendar or metric.calendar, resolution=self.resolution
            )
        return Ask(metric, (*self.by, *more), period, tariff_of(metric, self.tariff))

    def cells(self, ask: Ask) -> dict[tuple, list[Cell]]:
        """The tally of an ask as cells per group of `by`, in order of period."""
        found: dict[tuple, list[Cell]] = {}
        for cell in self.tallies.cells(ask):
            found.setdefault(cell.group[: len(self.by)], []).append(cell)
        return found

    def rows(self, indicator: Indicator) -> list[AssessRow]:
        """One row per group of the log, or one that says why there is none."""
        nowhere = tuple((name, None) for name in self.by)
        if indicator.status != "computed":
            verdict = "not measurable from logs" if indicator.kind == "action" else "not computed"
            asks = (
                f"{indicator.reason_zh}；可查：{indicator.record_zh}",
                f"{indicator.reason_en}; see: {indicator.record_en}",
            )
            if indicator.kind != "action":
                asks = (
                    f"{indicator.reason_zh}；所需：{indicator.record_zh}",
                    f"{indicator.reason_en}; needs: {indicator.record_en}",
                )
            return [self.row(indicator, nowhere, verdict, [asks])]
        judge = {
            "level": self.level_rows,
            "zero": self.zero_rows,
            "direction": self.direction_rows,
        }[indicator.kind]
        try:
            found = judge(indicator)
        except MissingColumn as missing:
            return [
                self.row(
                    indicator,
                    nowhere,
                    "no data",
                    [(f"数据缺少 {missing.name}", f"the log lacks {missing.name}")],
                )
            ]
        except EngineLimit as limit:
            return [
                self.row(
                    indicator, nowhere, "not computed", [("所用引擎不能执行此项查询", limit.what)]
                )
            ]
        if found:
            return found
        early = indicator.target and indicator.target.due > self.day
        none = ("没有符合条件的业务", "no cases of this kind")
        return [self.row(indicator, nowhere, "not due" if early else "no data", [none])]

    def level_rows(self, indicator: Indicator) -> list[AssessRow]:
        target, rows = indicator.target, []
        due = target.due <= self.day
        span = windows.window(target, self.day) if due else None
        ask = self.asks(indicator)[0]
        indicator, found = replace(indicator, metric=ask.metric), self.cells(ask)
        open_cases = self.open_cases(indicator.metric, found)
        for group, cells in found.items():
            months = [c for c in cells if c.period and c.period <= windows.last_month(self.day)]
            if due:
                chosen = [c for c in months if span[0] <= c.period <= span[1]]
                label = windows.label(*span)
            else:
                chosen, label = months[-1:], months[-1].period if months else None
            base = [str(d)[:7] for d in (self.notice.baseline_first, self.notice.baseline_last)]
            before = [c for c in months if base[0] <= c.period <= base[1]]
            rows.append(
                self.judged(indicator, group, chosen, label, due, open_cases.get(group), before)
            )
        return rows

    def judged(
        self, indicator, group, chosen, label, due: bool, n_open, before: list[Cell]
    ) -> AssessRow:
        """A level held against its target, the same level before the notice beside it."""
        cell = pooled(chosen)
        groups = tuple(zip(self.by, group, strict=True))
        if cell is None:
            empty = (f"{label or '期间'}内没有业务", f"no cases in {label or 'the window'}")
            return self.row(
                indicator,
                groups,
                "no data" if due else "not due",
                [empty],
                period=label,
                n_open=n_open,
            )
        answer, sample = estimate(indicator.metric, cell, indicator.statistic, self.level)
        notes = self.notes(indicator.metric, cell, n_open)
        rests = resting(sample, indicator.statistic)
        if answer.value is not None and rests < sample.n:
            notes.append(
                (f"依据{sample.n:,}例中的{rests:,}例", f"rests on {rests:,} of {sample.n:,} cases")
            )
        target, told = indicator.target, (indicator.metric, cell, indicator.statistic)
        also, said = beside(*told, target.value, target.rule, self.level, before)
        notes += said
        unbounded = None
        if not due:
            notes.insert(
                0, ("尚未到期，所列为最近一个整月", "not due; the latest whole month is shown")
            )
            if chosen and before and chosen[-1].period > before[-1].period:
                now = (indicator.metric, chosen[-1], indicator.statistic)
                notes += on_the_way(*now, target.value, target.rule, before, str(target.due)[:7])
            verdict = "not due"
        elif isinstance(indicator.metric, Share) and target.value == 1 and sample.n:
            # full coverage leaves no room for an interval: each exception counts
            verdict = "not met" if answer.value < 1 else "cannot tell" if rests < ENOUGH else "met"
        else:
            bounds = one_sided(*told, self.level)
            verdict = judged_by(bounds, rests, target.value, target.rule)
            unbounded = long_tail(bounds, target.rule)
        if verdict == "cannot tell" and not (unbounded and rests >= ENOUGH):
            few = rests < ENOUGH
            notes.append(
                (f"不足{ENOUGH}例", f"fewer than {ENOUGH} cases")
                if few
                else ("区间跨越目标值", "the interval straddles the target")
            )
        return self.row(
            indicator,
            groups,
            verdict,
            notes,
            period=label,
            answer=answer,
            n=sample.n,
            n_open=n_open,
            also=(*self.also(indicator, cell, answer), *also),
        )

    def zero_rows(self, indicator: Indicator) -> list[AssessRow]:
        target, (ask, *looked_through) = indicator.target, self.asks(indicator)
        metric, told, every = (
            ask.metric,
            self.cells(ask),
            self.cells(looked_through[0]) if looked_through else {},
        )
        indicator, open_cases = replace(indicator, metric=metric), self.open_cases(metric, told)
        first = since(indicator, self.day)[1]
        if isinstance(metric, Fee):
            found = told
        else:
            found = {
                g: [c for c in cells if c.period and c.period >= first] for g, cells in told.items()
            }
        rows = []
        # cases are counted by whole months from the rule's day on, lines from the day itself
        label = f"{first or target.due}.." + (str(target.until) if target.until else "")
        for group in {**every, **found}:
            groups, n_open = tuple(zip(self.by, group, strict=True)), open_cases.get(group)
            cell = pooled(found.get(group, [])) or _empty(group)
            answer, sample = estimate(metric, cell, indicator.statistic, self.level)
            # of a forbidden item the lines looked through are all lines, not only the forbidden
            # ones
            looked = (
                estimate(metric, pooled(every[group]), "n")[1].n if group in every else sample.n
            )
            notes = self.notes(metric, cell, n_open)
            if target.due > self.day:
                verdict = "not due"
            elif not looked:
                verdict = "no data"
                notes.append(("没有可核对的记录", "nothing that could be checked"))
            else:
                few = looked < ENOUGH and not getattr(metric, "each", None)
                verdict = (
                    f"violations: {int(answer.value):,}"
                    if answer.value
                    else "cannot tell"
                    if few
                    else "met"
                )
                if verdict == "cannot tell":
                    notes.append((f"核对不足{ENOUGH}件", f"fewer than {ENOUGH} looked through"))
            answer = st.Estimate(answer.value if looked else None)
            also = self.also(indicator, cell, answer) if sample.n else ()
            rows.append(
                self.row(
                    indicator,
                    groups,
                    verdict,
                    notes,
                    period=label,
                    answer=answer,
                    n=looked,
                    n_open=n_open,
                    also=also,
                )
            )
        return rows

    def direction_rows(self, indicator: Indicator) -> list[AssessRow]:
        notice, rows = self.notice, []
        last = windows.last_month(self.day)
        after = [m for m in windows.months(str(notice.after_first)[:7], last)][-12:]
        parts = {m[5:] for m in after}
        before = [
            m
            for m in windows.months(str(notice.baseline_first)[:7], str(notice.baseline_last)[:7])
            if m[5:] in parts
        ]
        if getattr(indicator.metric, "each", None):
            # values are counted once: in the latest month, and in the same month before
            after, before = after[-1:], [m for m in before if after and m[5:] == after[-1][5:]]
        if isinstance(indicator.metric, MatchedDifference):
            return self.gap_rows(indicator, before, after)
        ask = self.asks(indicator)[0]
        indicator, found = replace(indicator, metric=ask.metric), self.cells(ask)
        open_cases = self.open_cases(indicator.metric, found)
        for group, cells in found.items():
            groups, n_open = tuple(zip(self.by, group, strict=True)), open_cases.get(group)
            # only calendar months that hold cases on both sides are like with like
            held = [{c.period[5:] for c in cells if c.period in side} for side in (before, after)]
            both = held[0] & held[1] or held[1]
            old = pooled(c for c in cells if c.period in before and c.period[5:] in both)
            new = pooled(c for c in cells if c.period in after and c.period[5:] in both)
            if not after:
                rows.append(
                    self.row(
                        indicator,
                        groups,
                        "not due",
                        [("通知后尚无整月", "no whole month after the notice yet")],
                        n_open=n_open,
                    )
                )
                continue
            used = [m for m in after if m[5:] in both] or after
            label = windows.label(used[0], used[-1])
            if len(used) < windows.span(used[0], used[-1]):
                label += f" ({len(used)} months)"
            if new is None:
                empty = (f"{label}内没有业务", f"no cases in {label}")
                rows.append(
                    self.row(indicator, groups, "no data", [empty], period=label, n_open=n_open)
                )
                continue
            like = [m for m in before if m[5:] in both]
            rows.append(self.compared(indicator, groups, old, new, label, like or before, n_open))
        return rows

    def gap_rows(
        self, indicator: Indicator, before: list[str], after: list[str]
    ) -> list[AssessRow]:
        """Matched differences after and before; the verdict is on how the difference moved."""
        ask, rows = self.asks(indicator)[0], []
        gap = replace(indicator.metric, duration=ask.metric)
        for group, cells in self.cells(ask).items():
            groups = tuple(zip(self.by, group, strict=True))
            if not after:
                early = ("通知后尚无整月", "no whole month after the notice yet")
                rows.append(self.row(indicator, groups, "not due", [early]))
                continue
            words = [self.log.vocabulary.columns.get(name) for name in gap.strata]
            alike_zh = [
                *(w.zh if w and w.zh else name for name, w in zip(gap.strata, words, strict=True)),
                "月份",
            ]
            alike_en = [
                *(w.en if w and w.en else name for name, w in zip(gap.strata, words, strict=True)),
                "month",
            ]
            new = matched(gap, [c for c in cells if c.period in after], self.level)
            old = matched(gap, [c for c in cells if c.period in before], self.level)
            now, was = new.difference, old.difference
            notes = [
                (
                    f"{new.strata:,}个同层（同{'、'.join(alike_zh)}）可比，{new.n_first:,}例对{new.n_second:,}例，"
                    f"{new.left_out:,}例无可比对象未计入；是差异，不是效果",
                    f"{new.strata:,} strata alike in {', '.join(alike_en)}, {new.n_first:,} against {new.n_second:,} cases, "
                    f"{new.left_out:,} without a match left out; a difference, not an effect",
                )
            ]
            verdict = "cannot tell"
            enough = min(new.n_first, new.n_second, old.n_first, old.n_second) >= ENOUGH
            moved = st.difference_of_means(was, now, self.level) if enough else st.Estimate(None)
            if moved.value is not None:
                lower = moved.high < 0
                clear = lower or moved.low > 0
                verdict = (
                    "no clear change"
                    if not clear
                    else ("improved" if lower == (indicator.better == "lower") else "worse")
                )
                zh, en = _gap_words(moved, gap.duration, gap.duration.unit)
                notes.append((f"与基期相比{zh}", f"against the baseline: {en}"))
            else:
                notes.append(
                    (
                        f"前后各组不足{ENOUGH}例",
                        f"fewer than {ENOUGH} cases in a group, before or after",
                    )
                )
            rows.append(
                self.row(
                    indicator,
                    groups,
                    "no data" if now.value is None else verdict,
                    notes,
                    period=windows.label(after[0], after[-1]),
                    answer=now,
                    n=new.n_first + new.n_second,
                    baseline=was.value,
                )
            )
        return rows

    def compared(self, indicator, groups, old, new, label, before, n_open) -> AssessRow:
        """After the notice against before it."""
        metric = indicator.metric
        answer, sample = estimate(metric, new, indicator.statistic, self.level)
        notes = self.notes(metric, new, n_open)
        was, n_was = None, 0
        if old is not None:
            was, earlier = estimate(metric, old, indicator.statistic, self.level)
            n_was = earlier.n
        verdict, gap = "cannot tell", None
        enough = 1 if getattr(metric, "each", None) else ENOUGH
        if n_was >= enough and sample.n >= enough:
            if getattr(metric, "each", None):
                # distinct values are counted, not sampled
                step = answer.value - was.value
                gap = st.Estimate(step, step, step)
            elif metric.unit_of(indicator.statistic) == "share":
                gap = st.difference_of_shares(was, answer)
            else:
                gap = st.difference_of_means(was, answer, self.level)
            if gap.value is None:
                notes.append(("无法计算区间", gap.note))
            else:
                fell = gap.high < 0
                moved = fell or gap.low > 0
                verdict = (
                    "no clear change"
                    if not moved
                    else "improved"
                    if fell == (indicator.better == "lower")
                    else "worse"
                )
                zh, en = _gap_words(gap, metric, metric.unit_of(indicator.statistic))
                months = windows.label(before[0], before[-1])
                notes.insert(
                    0,
                    (
                        f"与{months.replace('..', '至')}同月相比{zh}，基期n={n_was:,}",
                        f"against the same months of {months}: {en}, n then {n_was:,}",
                    ),
                )
        elif not n_was:
            notes.append(
                ("通知前同月没有数据，无法比较", "no data for the same months before the notice")
            )
        else:
            notes.append((f"前后之一不足{ENOUGH}例", f"fewer than {ENOUGH} cases on one side"))
        if indicator.compression:
            base = indicator.compression
            notes.append(
                (
                    f"压缩率以全国{base.period}年公布值{base.base}小时为借用基数",
                    f"compression borrows the national {base.period} figure of {base.base} h",
                )
            )
        return self.row(
            indicator,
            groups,
            verdict,
            notes,
            period=label,
            answer=answer,
            n=sample.n,
            n_open=n_open,
            baseline=was.value if was else None,
            also=self.also(indicator, new, answer),
        )

    def open_cases(self, metric: Metric, found: dict[tuple, list[Cell]]) -> dict[tuple, int | None]:
        """Cases started and not ended at `as_of`, by group: they stand beside every figure that
        cannot hold them.
        """
        if not isinstance(metric, Duration):
            return {}
        return {
            group: int(sum(c.n[c.end == OPEN].sum() for c in cells))
            for group, cells in found.items()
        }

    def notes(self, metric: Metric, cell: Cell, n_open: int | None) -> list[Words]:
        """What was left out, and what a reader must know of the cases."""
        said = [
            (f"{n:,}例未计入：{LEFT_OUT_ZH[code]}", f"{n:,} left out: {LEFT_OUT[code]}")
            for code in LEFT_OUT
            if (n := int(cell.n[cell.end == code].sum()))
        ]
        if cell.date_only:
            said.append(
                (f"{cell.date_only:,}例仅精确到日", f"{cell.date_only:,} timed to the day only")
            )
        if isinstance(metric, Duration) and n_open == 0:
            said.append(
                (
                    "没有未办结业务，数据可能只含已办结业务",
                    "no open case: the log may hold finished cases only",
                )
            )
        return said

    def also(self, indicator: Indicator, cell: Cell, main: st.Estimate) -> tuple:
        """The further statistics of the same cases."""
        made = []
        for name in indicator.also:
            if name == "compression":
                answer = _compressed(main, indicator.compression.base)
            else:
                answer = estimate(indicator.metric, cell, name, self.level)[0]
            made.append(
                (name, answer.value, answer.low, answer.high, indicator.metric.unit_of(name))
            )
        return tuple(made)

    def row(
        self,
        indicator,
        groups,
        verdict,
        notes,
        *,
        period=None,
        answer=None,
        n=None,
        n_open=None,
        baseline=None,
        also=(),
    ) -> AssessRow:
        """The record of one indicator and group."""
        answer, target = answer or st.Estimate(None), indicator.target
        clause = (
            target.clause
            if target
            else next(m.clause for m in self.notice.measures if m.no == indicator.measure)
        )
        unit = indicator.metric.unit_of(indicator.statistic) if indicator.metric else ""
        return AssessRow(
            indicator.measure,
            indicator.id,
            indicator.kind,
            indicator.origin,
            indicator.companion_of,
            indicator.statistic,
            unit,
            groups,
            period,
            answer.value,
            answer.low,
            answer.high,
            n,
            n_open,
            baseline,
            target.value if target else None,
            target.rule if target else indicator.better,
            target.due.isoformat() if target else None,
            verdict,
            also,
            indicator.title_zh,
            indicator.title_en,
            clause,
            "；".join(zh for zh, _ in notes),
            "; ".join(en for _, en in notes),
        )


def _gap_words(gap: st.Estimate, metric: Metric, unit: str) -> Words:
    """A difference with its interval; of shares in percentage points."""
    if isinstance(metric, Share) and metric.each:
        return f"{gap.value:+.0f}种", f"{gap.value:+.0f} types"
    if unit == "share":
        value, low, high = (100 * x for x in (gap.value, gap.low, gap.high))
        return (
            f"{value:+.1f}个百分点（{low:+.1f}～{high:+.1f}）",
            f"{value:+.1f} percentage points ({low:+.1f} to {high:+.1f})",
        )
    return (
        f"{gap.value:+.2f}（{gap.low:+.2f}～{gap.high:+.2f}）",
        f"{gap.value:+.2f} ({gap.low:+.2f} to {gap.high:+.2f})",
    )


def _compressed(mean: st.Estimate, base: float) -> st.Estimate:
    if mean.value is None:
        return mean
    if mean.low is None:
        return st.Estimate(1 - mean.value / base)
    return st.Estimate(1 - mean.value / base, 1 - mean.high / base, 1 - mean.low / base)


def _empty(group: tuple) -> Cell:
    import numpy as np

    none = np.zeros(0, "int64")
    return Cell(group, None, none, none, none, none)
