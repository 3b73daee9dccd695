"""Money in the log's own currency; lines in others are left out, counted and said."""

from pathlib import Path

import polars as pl
import pytest

from clearance_metrics.analysis.measure import measure
from clearance_metrics.assessment.exceedances import exceedances
from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.domain.metrics import Fee
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.sharing import Ask, tallies
from clearance_metrics.engine.tally import tally
from clearance_metrics.intake import ingest

AS_OF = AsOf.of("2021-12-31", "Asia/Shanghai")
# case, item, amount in hundredths, currency, day
LINES = [
    ("a", "THC", 10000, "CNY", "2021-05-01"),
    ("a", "THC", 7000, "USD", "2021-05-02"),
    ("a", "DOC", 500, "CNY", "2021-05-02"),
    ("b", "THC", 30000, "CNY", "2021-05-03"),
    ("b", "THC", 900, "ZAR", "2021-05-03"),
    ("b", "THC", 100, "USD", "2021-05-03"),
]
PER_CASE, PER_TEU, PER_LINE = Fee(), Fee(per="teu"), Fee(per="line")


def log_of(lines=LINES) -> EventLog:
    events = pl.DataFrame({"case_id": ["a", "b"], "milestone": ["declared"] * 2, "time": [0, 0]})
    cases = pl.DataFrame({"case_id": ["a", "b"], "teu": [1, 3], "kind": ["import"] * 2})
    charges = pl.DataFrame(
        lines, ["case_id", "item", "amount_fen", "currency", "charged_on"], orient="row"
    ).with_row_index("line_id")
    charges = charges.with_columns(
        pl.col("line_id").cast(pl.String),
        quantity=pl.lit(1),
        size=pl.lit("20"),
        cargo_class=pl.lit("general"),
    )
    return EventLog(events, cases, charges, timezone="Asia/Shanghai")


def rows_of(metric, log=None, **more):
    return measure(log or log_of(), metric, as_of="2021-12-31", **more).rows


@pytest.mark.parametrize("currency", ["ZAR", "USD", "JPY"])
def test_a_log_in_one_other_currency_is_told_in_it(currency):
    log = log_of([(c, item, amount, currency, day) for c, item, amount, _, day in LINES])
    assert log.currencies == {currency: 6}
    for metric, unit in (
        (PER_CASE, currency),
        (PER_TEU, f"{currency} per TEU"),
        (PER_LINE, currency),
    ):
        (row,) = rows_of(metric, log, statistics="mean")
        assert row.unit == unit and "left out" not in row.note
    assert rows_of(PER_CASE, log, statistics="sum")[0].value == 485


@pytest.mark.parametrize(
    ("metric", "mean", "n"), [(PER_CASE, 202.5, 2), (PER_TEU, 405 / 4, 2), (PER_LINE, 135, 3)]
)
def test_lines_in_other_currencies_are_left_out_and_counted_by_currency(metric, mean, n):
    (row,) = rows_of(metric, statistics="mean")
    assert row.value == pytest.approx(mean) and row.n == n
    assert "2 lines in USD left out" in row.note and "1 line in ZAR left out" in row.note
    (cell,) = tally(log_of(), metric, as_of=AS_OF)
    assert cell.currency == "CNY" and cell.other_currencies == (("USD", 2), ("ZAR", 1))
    shared = tallies(log_of(), [Ask(metric), Ask(PER_LINE, ("item",))], as_of=AS_OF)
    (again,) = shared.cells(Ask(metric))
    assert again.other_currencies == cell.other_currencies
    for name in ("value", "end", "n"):
        assert getattr(again, name).tolist() == getattr(cell, name).tolist()
    by_item = {cell.group: cell.other_currencies for cell in shared.cells(Ask(PER_LINE, ("item",)))}
    assert by_item == {("DOC",): (), ("THC",): (("USD", 2), ("ZAR", 1))}


def test_by_currency_each_is_a_group_of_its_own_with_its_unit():
    rows = rows_of(PER_CASE, by="currency", statistics="sum")
    assert [(dict(r.groups)["currency"], r.value, r.n, r.unit) for r in rows] == [
        ("CNY", 405, 2, "CNY"),
        ("USD", 71, 2, "USD"),
        ("ZAR", 9, 1, "ZAR"),
    ]
    assert all("left out" not in r.note for r in rows)


def test_a_condition_on_the_currency_keeps_what_it_names():
    (row,) = rows_of(Fee(where={"currency": "USD"}), statistics="sum")
    assert (row.value, row.n, row.unit) == (71, 2, "USD") and "left out" not in row.note
    (row,) = rows_of(Fee(where={"currency": {"not": "CNY"}}), statistics="sum")
    assert (row.value, row.unit) == (71, "USD") and "1 line in ZAR left out" in row.note
    (row,) = rows_of(Fee(where={"currency": ["ZAR", "CNY"]}), statistics="sum")
    assert (row.value, row.unit) == (405, "CNY") and "1 line in ZAR left out" in row.note


def test_counted_things_have_no_currency():
    (row,) = rows_of(Fee(counting="item"), statistics="sum")
    assert (row.value, row.unit) == (3, "items") and "left out" not in row.note
    (cell,) = tally(log_of(), Fee(counting="item"), as_of=AS_OF)
    assert cell.currency is None and cell.other_currencies == ()


def test_a_tie_goes_to_the_first_by_name():
    tied = [("a", "THC", 100, c, "2021-05-01") for c in ("USD", "EUR", "EUR", "USD")]
    assert list(log_of(tied).currencies) == ["EUR", "USD"]
    assert rows_of(PER_LINE, log_of(tied), statistics="n")[0].value == 2


def test_the_tariff_is_held_against_yuan_alone_and_findings_name_every_currency():
    dues = [
        ("a", "货物港务费", 3550, "CNY", "2021-05-01"),
        ("a", "货物港务费", 9900, "USD", "2021-05-01"),
        ("b", "货物港务费", 9900, "USD", "2021-05-01"),
    ]
    log, check = log_of(dues), Fee("line", against="tariff")
    (row,) = rows_of(check, log, statistics="sum")
    assert (row.value, row.n, row.unit) == (1.5, 1, "CNY") and "2 lines in USD" in row.note
    assert [r.line_id for r in exceedances(log, check, as_of="2021-12-31")] == ["0"]
    twice = [*dues, dues[2]]
    again = exceedances(log_of(twice), Fee("line", against="repeated"), as_of="2021-12-31")
    assert [(r.line_id, r.excess, r.unit) for r in again] == [("3", 99, "USD")]


MAPPING = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n[[file]]\npath = "c.csv"\nrole ='
    ' "charges"\n[file.columns]\ncase_id = "id"\nitem = {constant = "THC"}\namount ='
    ' "amount"\ncurrency = "cur"\ncharged_on = {constant = "2021-05-01"}\n'
)


def test_intake_counts_the_lines_of_each_currency_and_knows_all_of_iso_4217(tmp_path: Path):
    (tmp_path / "dataset.toml").write_text(MAPPING)
    (tmp_path / "c.csv").write_text(
        "id,amount,cur\n1,100,JPY\n2,1.50,KWD\n3,7,JPY\n4,2,SOS\n5,3,RMB\n6,4,XXX\n7,1.505,KWD\n"
    )
    receipt = ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    assert receipt.currencies == {"JPY": 2, "KWD": 1, "SOS": 1}
    assert receipt.rejected_by_rule == {"unknown_currency": 2, "unparseable_amount": 1}
    log = EventLog.open(tmp_path / "out")
    # hundredths of every currency, whatever its smallest coin
    (row,) = rows_of(PER_CASE, log, statistics="sum")
    assert (row.value, row.unit) == (107, "JPY")
    assert "1 line in KWD left out" in row.note and "1 line in SOS left out" in row.note


def test_a_line_without_a_currency_stays_with_its_case():
    lines = [("a", "THC", 100, "CNY", "2021-05-01"), ("a", "DOC", 50, None, "2021-05-01")]
    lines.append(("b", "THC", 900, "USD", "2021-05-01"))
    for metric in (PER_CASE, PER_TEU):
        count, total = rows_of(metric, log_of(lines), statistics=["n", "sum"])
        assert (count.value, count.unit, total.value, total.unit[:3]) == (1, "cases", 1.5, "CNY")
        assert "1 line in USD left out" in total.note
