"""A real log: the delivery history of USAID's supply chain, in two byte variants of the same
cells.
"""

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.engine.log import EventLog
from clearance_metrics.intake import ingest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "scms"


@pytest.fixture(scope="module")
def both(shared_data, tmp_path_factory):
    out = tmp_path_factory.mktemp("scms")
    folders = {}
    for name in ("dataset", "dataset-tab"):
        receipt = ingest(EXAMPLE / f"{name}.toml", shared_data("scms"), out / name)
        assert receipt.totals["rows_read"] == 10_324
        assert sum(receipt.totals[k] for k in ("accepted", "rejected", "duplicates")) == 10_324
        folders[name] = out / name
    return folders


def test_both_variants_give_identical_tables(both):
    for table in ("cases", "milestones", "events"):
        one, other = (pl.read_parquet(both[name] / f"{table}.parquet") for name in both)
        drop = [c for c in ("source_file", "source_line") if c in one.columns]
        assert one.drop(drop).equals(other.drop(drop)), table


def test_lead_times_by_mode_equal_plain_pandas(both, shared_data):
    raw = pd.read_csv(
        shared_data("scms") / "SCMS_Delivery_History_Dataset.csv.gz",
        encoding="utf-8-sig",
        keep_default_na=False,
    )
    sent = pd.to_datetime(raw["PO Sent to Vendor Date"], format="%m/%d/%y", errors="coerce")
    done = pd.to_datetime(raw["Delivered to Client Date"], format="%d-%b-%y")
    hours = (done - sent).dt.days * 24
    mode = raw["Shipment Mode"].map(
        {"Air": "air", "Air Charter": "air", "Truck": "road", "Ocean": "sea"}
    )
    frame = pd.DataFrame({"mode": mode, "hours": hours}).dropna(subset=["hours"])
    found = measure(
        EventLog.open(both["dataset"]),
        Duration("po_sent", "delivered"),
        as_of="2015-12-31",
        by="mode",
        statistics=("n", "mean", "median", "p90"),
    )
    got = {(r.groups[0][1], r.statistic): r.value for r in found.rows}
    for name, group in frame.groupby(frame["mode"].fillna("none"))["hours"]:
        key = None if name == "none" else name
        assert got[key, "n"] == len(group)
        assert got[key, "mean"] == pytest.approx(group.mean())
        assert got[key, "median"] == group.median()
        assert got[key, "p90"] == pytest.approx(group.quantile(0.9))
    assert sum(v for (_, s), v in got.items() if s == "n") == len(frame) == 4592
    assert all("timed to the day" in r.note for r in found.rows)
