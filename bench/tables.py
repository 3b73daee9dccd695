"""The result as text. Nothing is computed here."""

from __future__ import annotations

from .tasks import NAMES


def text(result: dict) -> str:
    """Every task's contenders, the growth, and the goals."""
    head = (
        f"{result['size']:,} cases, {result['events']:,} events; {result['runs']} runs each after a"
        f" warm-up, in turns; answers equal.\n{result['machine']['processors']} processors,"
        f" {result['machine']['memory_gb']} GB, {result['machine']['system']}"
    )
    names = (
        "task",
        "who",
        "cases",
        "seconds",
        "least-most",
        "without start-up",
        "processor s",
        "peak MB",
        "queries",
        "note",
    )
    parts = [head, _table([names, *(_row(r) for r in result["rows"])])]
    if result["scaling"]:
        names = (
            "growth",
            "limit",
            "cases",
            "seconds",
            "least-most",
            "without start-up",
            "processor s",
            "peak MB",
            "queries",
            "note",
        )
        parts.append(
            _table(
                [
                    names,
                    *(
                        (r["task"], r["memory_limit"] or "none", *_row(r)[2:])
                        for r in result["scaling"]
                    ),
                ]
            )
        )
    parts.append(
        _table([("goal", "verdict"), *((g["goal"], g["verdict"]) for g in result["goals"])])
    )
    return "\n\n".join(parts)


def who(contender: str) -> str:
    """A contender's name as people write it.

    >>> who("lifelines_km")
    'lifelines'
    """
    return NAMES.get(contender, contender)


def _row(r: dict) -> tuple[str, ...]:
    whole, inside, peak = r["seconds"], r["inside"], r["peak"]
    return (
        r["task"],
        who(r["contender"]),
        f"{r['cases']:,}" if r["cases"] else "",
        f"{whole['median']:.2f}" if whole else "",
        f"{whole['least']:.2f}-{whole['most']:.2f}" if whole else "",
        f"{inside['median']:.2f}" if inside else "",
        f"{r['processor']['median']:.2f}" if whole else "",
        f"{peak['median'] / 1e6:,.0f}" if peak else "",
        "" if r["queries"] is None else str(r["queries"]),
        r["note"],
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    right = [
        i
        for i, name in enumerate(rows[0])
        if name in ("cases", "seconds", "without start-up", "processor s", "peak MB")
    ]
    lines = []
    for row in rows:
        cells = [
            c.rjust(w) if i in right else c.ljust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
