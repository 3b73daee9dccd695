"""A demonstration log with known truth: seeded, simulated, and marked as such on every page made
from it.

Monthly clearance levels follow the published national series; firms are invented, and ports but
where a rule names them. truth.json says what was planted: rows that intake must refuse, charges
that break a rule and who billed them, the means the refunds were drawn from, cargo that moves
between airports, ports that start a measure in turn, what goods are worth, the duty on them, what
firms asked at a help desk, and what certificates and other agencies add to customs' time.
"""

from __future__ import annotations

import gzip
import json
import shutil
from importlib.resources import files as package_files
from pathlib import Path

import numpy as np
import polars as pl

from ..domain.work_folders import work_folder
from ..errors import OutputError
from .agencies import import_agencies
from .cases import AS_OF, LOCAL, licences, refunds, trade
from .charges import PORTS, charge_list, charges
from .held import import_holds, letters
from .parties import import_parties
from .ports import limits, port_calls, waivers
from .services import services
from .shifts import airports, pickups
from .tickets import tickets
from .worth import classed, priced, traded_by

CODES = {
    "conveyance_arrived": "抵港",
    "berthed": "靠泊",
    "discharged": "卸货",
    "cargo_reported_in": "运抵报告",
    "declared": "申报",
    "declared_summary": "概要申报",
    "declared_full": "完整申报",
    "exam_called": "查验通知",
    "exam_started": "查验开始",
    "exam_ended": "查验完成",
    "customs_released": "放行",
    "gate_out": "提离",
    "yard_in": "进堆场",
    "duty_assessed": "税费核定",
    "guaranteed": "担保",
    "duty_paid": "缴税",
    "delivery_order": "换单",
    "breakdown_done": "分拨",
    "rail_departed": "铁路发运",
    "disinfect_started": "消杀开始",
    "disinfect_ended": "消杀完成",
    "sample_taken": "取样",
    "document_requested": "索要凭证",
    "empty_returned": "还箱",
}


def simulate(out: Path, seed: int = 20210820, size: float = 1.0) -> dict:
    """Write the demonstration's raw files, dataset.toml and truth.json to `out` in one step;
    returns the truth.

    `size` scales the number of cases. The same seed and size give the same bytes. OutputError if
    `out` holds anything else.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "raw"
    >>> simulate(folder, size=0.004)["cases"]["import"], (folder / "dataset.toml").is_file()
    (60, True)
    """
    out = Path(out)
    if (
        out.exists()
        and (not out.is_dir() or any(out.iterdir()))
        and not (out / "truth.json").is_file()
    ):
        raise OutputError("the folder holds something else", str(out), "name a new or empty folder")
    rng = np.random.RandomState(seed)
    traded = {kind: trade(rng, kind, round(15000 * size)) for kind in ("import", "export")}
    refunded, refund_truth = refunds(rng, round(24000 * size))
    refunded, second = letters(refunded)
    # a stream of its own, so that nothing else moves
    held, hold_truth = import_holds(np.random.RandomState([seed, 1]), traded["import"][0])
    licensed, licence_truth = licences(rng, round(5000 * size))
    later = np.random.RandomState(seed + 1)
    # streams of their own for what was planted later still, by number
    values, duties, classes, payees, asked = (
        np.random.RandomState([seed, k]) for k in range(11, 16)
    )
    lines, charge_truth = charges(
        rng, pl.concat([t[1] for t in traded.values()], how="diagonal"), later, payees
    )
    own = np.random.RandomState(seed + 2)
    imported, mix_truth = airports(own, *traded["import"][:2])
    boxes, pickup_truth = pickups(own, size)
    cases = pl.concat([imported, traded["export"][1]], how="diagonal").drop(
        "size", "boxes", "done", "dwell"
    )
    cases, duty, value_truth = priced(classed(cases, classes), values, duties)
    known = {kind: t[0] for kind, t in traded.items()}
    value_truth |= traded_by(cases, known, duty)
    helped, ticket_truth = tickets(asked, size)
    agencies, agency_truth = import_agencies(
        np.random.RandomState([seed, 16]), cases, traded["import"][0]
    )
    others = services(rng, size) | {"inquiries.csv": second, "holds.csv": held}
    calls, pilotage, pilotage_truth = port_calls(later, max(round(1500 * size), 60))
    others |= {
        "port-calls.csv": calls,
        "pilotage.csv": pilotage,
        "waivers.csv": waivers(),
        "limits.csv": limits(PORTS),
    }
    others |= {"pickups.csv": boxes, "tickets.csv": helped, "agencies.csv": agencies}
    with work_folder(out.parent, f".{out.name}-") as work:
        files = _write(rng, work, traded, cases, refunded, licensed, lines, others)
        truth = {
            "seed": seed,
            "size": size,
            "as_of": AS_OF.isoformat(),
            "files": files,
            "cases": {
                "import": traded["import"][1].height,
                "export": traded["export"][1].height,
                "refund": refunded.height,
                "licence": licensed.height,
            },
            "refunds": refund_truth,
            "licences": licence_truth,
            "charges": charge_truth | pilotage_truth,
            "holds": hold_truth,
            "parties": import_parties(traded["import"][0], held, agencies),
            "agencies": agency_truth,
            "mix": mix_truth,
            "pickups": pickup_truth,
            "goods": value_truth,
            "tickets": ticket_truth,
            "planted": traded["import"][2] | traded["export"][2],
        }
        (work / "dataset.toml").write_bytes(
            package_files(__package__).joinpath("dataset.toml").read_bytes()
        )
        (work / "truth.json").write_text(
            json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        if out.exists():
            shutil.rmtree(out)
        work.chmod(0o755)
        work.rename(out)
    return truth


def _write(
    rng: np.random.RandomState,
    out: Path,
    trade: dict[str, tuple],
    cases: pl.DataFrame,
    refunds: pl.DataFrame,
    licences: pl.DataFrame,
    lines: pl.DataFrame,
    others: dict[str, pl.DataFrame],
) -> dict[str, dict]:
    """The raw files with their dirty rows; what intake must say of each."""
    files: dict[str, dict] = {}

    def book(name: str, clean: int, doubles: int = 0, **rejected: int) -> None:
        total = clean + doubles + sum(rejected.values())
        files[name] = {
            "rows_read": total,
            "accepted": clean,
            "duplicates": doubles,
            "rejected_by_rule": {k: v for k, v in rejected.items() if v},
        }

    imports = trade["import"][0].sort("time", "case_id", "milestone")
    codes = imports["milestone"].replace_strict(CODES)
    local = pl.from_epoch(imports["time"] + LOCAL)
    named = pl.DataFrame({"业务编号": imports["case_id"], "环节": codes, "时间": local})
    exams = imports.filter(pl.col("milestone") == "exam_started")
    cut = pl.datetime(2021, 1, 1)
    for name, part, form, encoding, some in (
        ("imports-2019-2020.csv", pl.col("时间") < cut, "%Y-%m-%d %H:%M:%S", "utf-8", 9),
        ("imports-2021-2022.csv", pl.col("时间") >= cut, "%Y/%m/%d %H:%M", "gb18030", 12),
    ):
        rows = named.filter(part).with_columns(pl.col("时间").dt.strftime(form))
        # gently out of order, as feeds are
        rows = rows[
            np.argsort(np.arange(rows.height) + rng.uniform(0, 400, rows.height), kind="stable")
        ]
        picked = rows[rng.choice(rows.height, 6 * some, replace=False)]
        begun = exams.filter(
            (pl.from_epoch(pl.col("time") + LOCAL) < cut) == (encoding == "utf-8")
        ).head(some)
        # so long before the case began that no state of it is in doubt
        early = pl.from_epoch(begun["time"] + LOCAL - 30 * 86400).dt.strftime(form)
        bad = pl.concat(
            [
                picked[:some].with_columns(环节=pl.lit("状态未知")),
                picked[some : 2 * some].with_columns(时间=pl.lit("")),
                picked[2 * some : 3 * some].with_columns(时间=pl.lit("待定")),
                picked[3 * some : 4 * some].with_columns(
                    时间=pl.lit("2202") + pl.col("时间").str.slice(4)
                ),
                picked[4 * some : 5 * some].with_columns(业务编号=pl.lit("")),
                pl.DataFrame(
                    {
                        "业务编号": begun["case_id"],
                        "环节": ["查验完成"] * begun.height,
                        "时间": early,
                    }
                ),
            ]
        )
        doubles = picked[5 * some :]
        _csv(out / name, _strewn(rng, rows, bad, doubles), encoding)
        book(
            name,
            # of an ending before its beginning the rows stay
            rows.height + begun.height,
            doubles.height,
            unknown_milestone=some,
            missing_time=some,
            unparseable_time=some,
            time_outside_window=some,
            missing_case_id=some,
        )
    exports = trade["export"][0].sort("time", "case_id", "milestone")
    exports = exports.with_columns(time=pl.from_epoch("time").dt.replace_time_zone("UTC"))
    doubles = exports[rng.choice(exports.height, 25, replace=False)]
    _strewn(rng, exports, exports[:0], doubles).write_parquet(out / "exports.parquet")
    book("exports.parquet", exports.height, 25)
    clash = cases[rng.choice(cases.height, 7, replace=False)].with_columns(port=pl.lit("海港丁"))
    _csv(out / "cases.csv", pl.concat([cases, clash]), "utf-8", bom=True)
    book("cases.csv", cases.height, duplicate=7)
    late = refunds[rng.choice(refunds.height, 16, replace=False)]
    bad = pl.concat(
        [
            late[:8].with_columns(退税编号=pl.lit("")),
            late[8:].with_columns(
                pl.format("X{}", "退税编号").alias("退税编号"), 受理=pl.lit("2020-13-40")
            ),
        ]
    )
    _csv(out / "refunds.csv", _strewn(rng, refunds, bad, refunds[:0]), "gb18030", separator=";")
    book("refunds.csv", refunds.height, missing_case_id=8, unparseable_time=8)
    _csv(out / "licences.csv", licences, "utf-8")
    book("licences.csv", licences.height)
    for name, frame in others.items():
        _csv(out / name, frame, "utf-8")
        book(name, frame.height)
    some = lines[rng.choice(lines.height, 40, replace=False)].with_columns(
        pl.format("X{}", "行号").alias("行号")
    )
    bad = pl.concat(
        [
            some[:10].with_columns(币种=pl.lit("人民币")),
            some[10:20].with_columns(金额=pl.lit("-5.00")),
            some[20:30].with_columns(金额=pl.lit("见附件")),
        ]
    )
    doubles = lines[rng.choice(lines.height, 15, replace=False)]
    content = _strewn(rng, lines, bad, doubles).write_csv().encode()
    (out / "charges.csv.gz").write_bytes(gzip.compress(content, mtime=0))
    book(
        "charges.csv.gz",
        lines.height,
        15,
        unknown_currency=10,
        negative_amount=10,
        unparseable_amount=10,
    )
    published = charge_list()
    _csv(out / "charge-list.csv", published, "utf-8")
    book("charge-list.csv", published.height)
    return files


def _strewn(
    rng: np.random.RandomState, rows: pl.DataFrame, bad: pl.DataFrame, doubles: pl.DataFrame
) -> pl.DataFrame:
    """Clean rows in their order, bad and double ones after random clean ones."""
    extra = pl.concat([bad, doubles])
    # a double comes after its original, so that the original is the accepted one
    where = np.concatenate(
        [
            np.arange(rows.height),
            np.sort(rng.uniform(0, rows.height, bad.height)),
            np.full(doubles.height, rows.height),
        ]
    )
    return pl.concat([rows, extra])[np.argsort(where, kind="stable")]


def _csv(
    path: Path, rows: pl.DataFrame, encoding: str, separator: str = ",", bom: bool = False
) -> None:
    text = rows.write_csv(separator=separator, include_bom=bom)
    path.write_bytes(text.encode(encoding))
