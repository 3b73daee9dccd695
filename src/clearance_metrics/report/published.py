"""Page 00, the published record: true without any log."""

from __future__ import annotations

from html import escape

from ..notice import citable, compressions, contradictions, published
from ..results.charts.figures import bars, compression, published_levels
from .blocks import Block, Html, chart, number, table

IMPORT, EXPORT = ("进口", "import"), ("出口", "export")
MARKS = {"V": "V 已核对原文", "V2": "V2 二手来源", "D": "D 推算"}


def _points(direction: str) -> list[dict]:
    made = []
    for row in citable("national_clearance"):
        hours = row[f"{direction}_hours"]
        if hours is not None and row["period_label"] != "2017":
            period = row["from"][:4] + "-07" if row["kind"] == "annual" else row["from"][:7]
            made.append(
                {
                    "period": period,
                    "value": hours,
                    "label": number(hours),
                    "annual": row["kind"] == "annual",
                }
            )
    return made


def clearance_levels() -> Block:
    """National overall clearance times, with the level that the 2018 plan asked for."""
    rows = {r["period_label"]: r for r in citable("national_clearance")}
    june, plan = (
        rows["2021-06"],
        {r["scope"]: r for r in citable("targets") if r["basis"] and r["basis"].startswith("half")},
    )
    title = (
        f"通知印发前的2021年6月，进口{june['import_hours']}小时、出口{june['export_hours']}小时，"
        "已低于2018年方案“压缩一半”的水平",
        f"In June 2021, before the notice, import took {june['import_hours']} h and export {june['export_hours']} h: "
        "already below half of 2017, the level of the 2018 plan",
    )
    figure = published_levels(
        {IMPORT: _points("import"), EXPORT: _points("export")},
        title=title,
        source="来源 source: 海关总署、国家口岸办历次公布 published by customs, pages in the table below",
        references={
            side: [(plan[side[1]]["value"], f"2018年方案 2018 plan: {plan[side[1]]['value']} h")]
            for side in (IMPORT, EXPORT)
        },
    )
    body = table(
        [
            ("时期", "period"),
            ("进口", "import, h"),
            ("出口", "export, h"),
            ("可信度", "confidence"),
            ("来源与说明", "source and note"),
        ],
        [
            (
                r["period_label"],
                number(r["import_hours"]),
                number(r["export_hours"]),
                MARKS[r["confidence"]],
                Html(
                    escape(r["source"])
                    + (f"<small>{escape(r['note'])}</small>" if r["note"] else "")
                ),
            )
            for r in citable("national_clearance")
        ],
        (1, 2),
    )
    note = (
        "通知本身没有设定通关时间的小时数目标；48.7与6.15小时出自国发〔2018〕37号。多数为单月（常为12月）数，与全年基数比较会偏乐观。",
        "The notice sets no target in hours; 48.7 and 6.15 h are the 2018 plan's. Most points are single months, often "
        "December; set against a whole year they flatter.",
    )
    return Block(("", ""), chart(figure, title) + body, note=note)


def compression_table() -> Block:
    """Compression against 2017, recomputed beside what was announced."""
    rows = [r for r in compressions() if r["confidence"] != "K"]
    last = {d: [r for r in rows if r["direction"] == d][-1] for d in ("import", "export")}
    title = (
        f"公布的压缩率可以复算：至2022年进口{last['import']['computed']:.1f}%、出口{last['export']['computed']:.1f}%",
        f"The announced cuts can be recomputed: {last['import']['computed']:.1f} % for import and "
        f"{last['export']['computed']:.1f} % for export by 2022",
    )
    series = [
        {
            "series": " ".join(IMPORT if r["direction"] == "import" else EXPORT),
            "value": r["computed"],
            "period": r["period"] if "-" in r["period"] else f"{r['period']}-07",
        }
        for r in rows
    ]
    figure = compression(
        series,
        title=title,
        reference=50,
        reference_words=("2018年方案：压缩一半", "2018 plan: half"),
        source="复算 computed: 1 − T / T(2017), T(2017) = 97.39 h 进口 import, 12.29 h 出口 export",
    )
    body = table(
        [
            ("时期", "period"),
            ("方向", "direction"),
            ("小时", "hours"),
            ("复算压缩率", "computed"),
            ("公布压缩率", "announced"),
            ("可信度", "confidence"),
        ],
        [
            (
                r["period"],
                "进口" if r["direction"] == "import" else "出口",
                number(r["hours"]),
                f"{r['computed']:.2f}%",
                "–" if r["stated"] is None else f"{r['stated']:g}%",
                MARKS[r["confidence"]],
            )
            for r in rows
        ],
        (2, 3, 4),
    )
    return Block(("", ""), chart(figure, title) + body)


def contradiction_table() -> Block:
    """Published figures that do not fit each other."""
    rows = contradictions()
    title = (
        f"公布数字中有{len(rows)}处相互矛盾，尚无法判断孰是",
        f"{len(rows)} published figure contradicts another; which is right is not known",
    )
    body = table(
        [
            ("时期", "period"),
            ("方向", "direction"),
            ("公布值", "figure, h"),
            ("另一表述推得", "implied, h"),
            ("依据", "statement"),
            ("来源", "source"),
        ],
        [
            (
                r["period"],
                "进口" if r["direction"] == "import" else "出口",
                number(r["figure"]),
                number(r["other"]),
                r["statement"],
                r["source"],
            )
            for r in rows
        ],
        (2, 3),
    )
    return Block(title, body)


def refunds() -> Block:
    """Refund times: targets and what was reported."""
    kinds = {
        "target": "目标 target",
        "reported": "公布 reported",
        "case_limit": "单件时限 limit per case",
    }
    rows = citable("refunds")
    title = (
        "出口退税：通知要求2021年底前平均7个、2022年底前平均6个工作日以内",
        "Export refunds: at most 7 working days on average by the end of 2021, 6 by the end of 2022",
    )
    body = table(
        [
            ("时期", "period"),
            ("性质", "kind"),
            ("范围", "scope"),
            ("工作日", "working days"),
            ("可信度", "confidence"),
            ("来源", "source"),
            ("说明", "note"),
        ],
        [
            (
                r["period_label"],
                kinds[r["kind"]],
                r["scope"],
                f"{'≤ ' if r['rule'] == 'at_most' else ''}{r['working_days']:g}",
                MARKS[r["confidence"]],
                r["source"],
                r["note"] or "",
            )
            for r in rows
        ],
        (3,),
    )
    note = (
        "目标针对“正常”退税的平均时间；计入哪些退税、首日如何计，均未公布，故本工具两种计法并列。",
        "The target is a mean over “normal” refunds; which refunds count, and whether the first day does, was not "
        "published, so both counts are shown.",
    )
    return Block(title, body, note=note)


def certificates() -> Block:
    """Certificates checked at the port."""
    rows = [
        r
        for r in citable("certificates")
        if r["checked_at_port"] is not None and r["kind"] == "count"
    ]
    title = (
        f"口岸验核的监管证件由{rows[0]['checked_at_port']:.0f}种减至{rows[-1]['checked_at_port']:.0f}种",
        f"Certificates checked at the port fell from {rows[0]['checked_at_port']:.0f} to {rows[-1]['checked_at_port']:.0f} types",
    )
    figure = bars(
        [{"label": r["period_label"], "value": r["checked_at_port"]} for r in rows],
        title=title,
        source="来源 source: "
        + " · ".join(dict.fromkeys(r["source"].split(" ")[-1] for r in rows)),
        unit=("种", "types"),
    )
    note = (
        "“联网核查”与“通过单一窗口受理”不是一回事：2021年年中联网38种，经单一窗口23种。",
        "“Online” and “through the single window” differ: mid-2021, 38 types were online and 23 went through it.",
    )
    return Block(("", ""), chart(figure, title), note=note)


def unverified() -> Block:
    """How many figures in circulation are left out because nobody could verify them."""
    count = sum(
        r["confidence"] == "K"
        for t in ("national_clearance", "refunds", "certificates", "targets")
        for r in published(t)
    )
    title = (
        f"另有{count}个流传的数字未能核实，本页不作为事实列出",
        f"{count} further figures in circulation could not be verified and are not shown",
    )
    return Block(title, "")
