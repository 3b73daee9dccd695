"""The study as text. Nothing is computed here."""

from __future__ import annotations

from .verdicts import KINDS, TARGET


def text(result: dict) -> str:
    """Coverage, what is outside and why, verdicts, agreement."""
    parts = [
        f"seed {result['seed']}, {result['logs']:,} logs per scenario"
        " (fewer where intervals are drawn)"
    ]
    parts.append(
        _table(
            [
                (
                    "scenario",
                    "statistic",
                    "truth",
                    "logs",
                    "told",
                    "coverage",
                    "truth above",
                    "below",
                    "one-sided",
                    "bias",
                    "spread",
                    "width",
                    "",
                ),
                *(_cover(c) for c in result["coverage"]),
            ]
        )
    )
    outside = [
        f"  {o['scenario']}, {o['statistic']}: {100 * o['coverage']:.1f} %: {o['why']}"
        for o in result["outside"]
    ]
    parts.append("\n".join(["outside 93 to 97 %:", *(outside or ["  none"])]))
    parts.append(
        f"mean of working days at most {TARGET:g}: share of verdicts\n"
        + _table(
            [
                ("days", "true mean", "cases", "runs", "met", "not met", "met by t", ""),
                *(_verdict(v) for v in result["verdicts"]),
            ]
        )
    )
    parts.append(
        "share in time at least q, the true share just below: chance of a wrong met (exact)\n"
        + _table(
            [
                ("q", "cases", "wrong met"),
                *(
                    (f"{s['target']:g}", f"{s['n']:,}", f"{100 * s['wrong_met']:.1f} %")
                    for s in result["share_rule"]
                ),
            ]
        )
    )
    if result["what_if"]:
        heads = (
            "supposed",
            "truth",
            "logs",
            "told",
            "coverage",
            "truth above",
            "below",
            "width",
            "",
        )
        rows = [_supposed(c) for c in result["what_if"]]
        parts.append("what is supposed, and by how much it differs\n" + _table([heads, *rows]))
    parts.append("agreement: largest absolute differences\n" + _table(list(_agreements(result))))
    return "\n\n".join(parts)


def _cover(c: dict) -> tuple[str, ...]:
    return (
        c["scenario"],
        c["statistic"],
        f"{c['truth']:.3f}",
        f"{c['logs']:,}",
        _percent(c["told"]),
        _percent(c["coverage"]),
        _percent(c["above"]),
        _percent(c["below"]),
        _percent(c["one_sided"]),
        _plain(c["bias"]),
        _plain(c["spread"]),
        _plain(c["width"]),
        "outside" if c["outside"] else "",
    )


def _supposed(c: dict) -> tuple[str, ...]:
    rates = (_percent(c[k]) for k in ("told", "coverage", "above", "below"))
    flag = "outside" if c["outside"] else ""
    return c["statistic"], f"{c['truth']:.3f}", f"{c['logs']:,}", *rates, _plain(c["width"]), flag


def _verdict(v: dict) -> tuple[str, ...]:
    flag = "more than 5 % wrong" if v["wrong"] else ""
    shares = (_percent(v[k]) for k in ("met", "not_met", "t_met"))
    return KINDS[v["kind"]][1], f"{v['truth']:.2f}", f"{v['n']:,}", f"{v['runs']:,}", *shares, flag


def _agreements(result: dict):
    yield "what", "difference"
    for name, gap in result["route"].items():
        yield f"log through the engine against tally: {name}", f"{gap:.1e}"
    for name, gap in result["survival"].items():
        yield f"random censored, late, tied data: {name}", f"{gap:.1e}"
    if not result["survival"]:
        yield "random censored data", "skipped: lifelines is not installed"
    if isinstance(result["sicily"], str):
        yield "smoking ban of Sicily", result["sicily"]
    else:
        for row in result["sicily"]:
            yield (
                f"smoking ban of Sicily, {row['model']}: {row['published']}",
                f"{row['largest_difference']:g}",
            )
    told = result["staggered"]
    yield (
        f"staggered starts against two packages, {told['figures']} figures: effects, errors",
        f"{told['effect']:.1e}, {told['error']:.1e}",
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    words = ("scenario", "statistic", "days", "what", "supposed", "")
    right = [i for i, name in enumerate(rows[0]) if name not in words]
    lines = []
    for row in rows:
        cells = [
            c.rjust(w) if i in right else c.ljust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
