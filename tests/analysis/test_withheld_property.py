"""No answer of a log that withholds shows a small count, whatever the log holds."""

import re

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clearance_metrics as cm
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow

K, HOUR, DAY = 10, 3600, 86400
YEAR = 1609430400  # 2021 begins in Shanghai
CLOCK = Duration("declared", "customs_released")
CHAIN = ("conveyance_arrived", "declared", "customs_released", "gate_out")
OVERALL = Duration("conveyance_arrived", "gate_out")
WHEN = ("2021-01", "2021-12")
# whole numbers that count no cases or lines: hours of the week, years, firms, kinds of statistics,
# places in a league, months without cases
NO_COUNTS = {"weekday", "hour", "years", "around", "firms", "fewest", "kind", "total", "strata"}
NO_COUNTS |= {"rank", "rank_low", "rank_high", "unseen"}
QUESTIONS = {
    "flow": lambda log: cm.flow(log, CLOCK),
    "ageing": lambda log: cm.ageing(log, CLOCK, window=WHEN),
    "ageing_stage": lambda log: cm.ageing(log, OVERALL, by="stage", window=WHEN),
    "ageing_party": lambda log: cm.ageing(log, OVERALL, by="party", window=WHEN),
    "populations": lambda log: cm.populations(log, CLOCK),
    "when": lambda log: cm.when(log, "declared"),
    "closed_hours": lambda log: cm.closed_hours(log, CLOCK),
    "parties": lambda log: cm.parties(log, CLOCK),
    "stages": lambda log: cm.stages(log, CHAIN),
    "holds": lambda log: cm.holds(log, CLOCK),
    "reconcile": lambda log: cm.reconcile(log, "import"),
    "payees": cm.payees,
    "legal_layers": cm.legal_layers,
    "misnamed_charges": cm.misnamed_charges,
    "violations": cm.violations,
    "contents": cm.contents,
    "firms": lambda log: cm.firms(log, CLOCK),
    "trend": lambda log: cm.trend(log, CLOCK, mix="port", reference=("2021-01", "2021-03")),
    "what_if": lambda log: cm.what_if(log, CLOCK, cm.share_becomes("mode", "sea", 0.6)),
    "around_holidays": lambda log: cm.around_holidays(log, CLOCK),
    "measure": lambda log: cm.measure(log, CLOCK, by="port", statistics=("n", "open", "mean")),
    "several": lambda log: cm.measure(log, {"a": CLOCK, "b": OVERALL}),
    "league": lambda log: cm.league(log, CLOCK, by="port"),
}
SIZES = st.sampled_from([0, 1, 3, 7, 9, 10, 12, 25, 40])


@st.composite
def logs(draw):
    """A log of up to three ports, some of whose cases are open, held, or without a milestone."""
    sizes = draw(st.lists(SIZES, min_size=1, max_size=3).filter(any))
    every = draw(st.sampled_from([1, 3, 11]))  # cases that begin on one day
    rows, cases, lines, i = [], [], [], 0
    for port, n in zip("abc", sizes, strict=False):
        still, held, lost = (draw(st.sampled_from([0, 2, n // 3])) for _ in range(3))
        for place in range(n):
            case, at = f"{port}{place}", YEAR + i // every * DAY + i % 24 * HOUR
            marks = {"conveyance_arrived": at - HOUR, "declared": at}
            if place >= still:
                marks |= {"customs_released": at + (1 + i % 90) * HOUR}
                marks |= {"gate_out": at + (100 + i % 9) * HOUR} if place >= still + lost else {}
            if place < held:
                marks |= {"exam_ended": at + 2 * HOUR} | (
                    {"exam_called": at + HOUR} if place % 2 else {}
                )
            rows += [(case, name, time) for name, time in marks.items()]
            mode = "air" if i % 4 == 0 else "sea"
            cases.append((case, port, mode, f"F{i % 7}" if i % 5 else None, "import"))
            for line in range(i % 3):
                layer = (None, "set", "market")[(i + line) % 3]
                name = ("THC", "documentation")[line]
                told = (case, f"{case}{line}", name, 10000 * (1 + i % 5), "CNY", layer)
                lines.append((*told, "XYZ"[i % 3] if i % 4 else None))
            i += 1
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    heads = ["case_id", "port", "mode", "enterprise", "kind"]
    table = pl.DataFrame(cases, schema=heads, orient="row", infer_schema_length=None)
    heads = ["case_id", "line_id", "item", "amount_fen", "currency", "layer", "payee"]
    log = cm.EventLog(events, table)
    if lines:
        charged = pl.DataFrame(lines, schema=heads, orient="row", infer_schema_length=None)
        day = pl.lit("2021-02-03").str.to_date()
        log = cm.EventLog(events, table, charged.with_columns(charged_on=day))
    return log.using(lang="en", as_of="2021-12-31", withhold=K)


def counts(told, name="", code=""):
    """Every count of cases or lines in what an answer holds, however deep."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield from counts(value, key, told.get("code", code))
    elif isinstance(told, list | tuple):
        for one in told:
            yield from counts(one, name, code)
    elif type(told) is int and name not in NO_COUNTS and not (name == "n" and "firms" in code):
        yield name, told


@pytest.mark.parametrize("name", QUESTIONS)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(log=logs())
def test_no_count_under_the_bound_is_shown(name, log):
    try:
        found = QUESTIONS[name](log)
    except (NothingToShow, MissingColumn):
        return
    except LogError as refused:
        assert "milestone" in str(refused) or "withheld" in str(refused)
        return
    own = {f: v for f, v in vars(found).items() if not f.startswith("_") and f != "rows"}
    small = [pair for pair in counts([found.to_dicts(), own]) if 0 < pair[1] < K]
    assert not small
    text = f"{found.block('en').to_dict()} {found!r}"
    assert not re.findall(r"(?<![\d.,])[1-9] (?:cases?|lines?|open)\b", text)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(log=logs())
def test_no_total_less_its_parts_gives_a_count_back(log):
    """Cells of a measure by port, beside the total that the log shows of itself: what is not shown
    is no port by itself, or too many cases to be withheld.
    """
    for statistic in ("n", "open"):
        try:
            rows = cm.measure(log, CLOCK, by="port", statistics=(statistic,))
        except MissingColumn:  # no case of the log was released
            return
        (whole,) = cm.measure(log, CLOCK, statistics=(statistic,))
        told = [row.value for row in rows if row.value is not None]
        if whole.value is not None and len(told) < len(rows):
            left = whole.value - sum(told)
            assert len(rows) - len(told) > 1 or not 0 < left < K


def test_few_open_cases_of_a_port_are_not_given_back_by_the_other_and_the_whole():
    """Of a port 12 of 12 cases are open, of the other 3 of 40: nor may the 12 be told."""
    rows, cases = [], []
    for port, n, open_ones in (("a", 12, 12), ("b", 40, 3)):
        for i in range(n):
            case, at = f"{port}{i}", YEAR + i * DAY
            rows.append((case, "declared", at))
            rows += [(case, "customs_released", at + HOUR)] if i >= open_ones else []
            cases.append((case, port))
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    table = pl.DataFrame(cases, schema=["case_id", "port"], orient="row")
    log = cm.EventLog(events, table).using(lang="en", as_of="2021-12-31", withhold=K)
    asked = ("n", "open", "mean")
    found = cm.measure(log, CLOCK, by="port", statistics=asked)
    assert [r.value for r in found if r.statistic == "n"] == [12, 40]
    assert [(r.value, r.n_open) for r in found if r.statistic != "n"] == [(None, None)] * 4
    assert "12 of 12" not in repr(found)
    for port in "ab":
        alone = cm.measure(log.only(port=port), CLOCK, statistics=asked)
        assert [r.n_open for r in alone] == [None] * 3
    whole = cm.measure(log, CLOCK, statistics=("open",))
    assert whole.rows[0].value == 15


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(log=logs(), column=st.sampled_from(["port", "mode", "enterprise", "payee"]))
def test_values_are_told_where_none_is_small(log, column):
    try:
        assert not [n for n in log.values(column).values() if 0 < n < K]
    except MissingColumn:
        assert column == "payee" and log.charges is None
    except LogError:
        assert any(0 < n < K for n in _all_of(log, column))


def _all_of(log, column):
    from clearance_metrics.engine.values import counts_of

    return counts_of(log, column).values()
