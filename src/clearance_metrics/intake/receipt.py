"""The receipt: what became of every row."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field

from .rules import DOUBTFUL, REMEDY


@dataclass(frozen=True)
class Receipt:
    """What became of every row: per file, rows read = accepted + rejected + exact duplicates.

    `doubts`: of accepted rows, the cases that stop before they start, by clock; they are listed in
    doubts.parquet. `times_cut`: times of events recorded more finely than to the second, which the
    tables hold in whole seconds, and their fractions beside, so that order is not lost.
    """

    dataset: str
    mapping_sha256: str
    files: tuple[dict, ...]
    tables: dict[str, int]
    resolution: dict[str, dict[str, int]]
    cases_without_attributes: int
    charges_without_case: int
    totals: dict[str, int] = field(default_factory=dict)
    rejected_by_rule: dict[str, int] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)
    times_cut: int = 0
    currencies: dict[str, int] = field(default_factory=dict)
    layout: str = "whole"
    history: tuple[dict, ...] = ()

    def to_dict(self) -> dict:
        """The content of receipt.json."""
        return asdict(self)

    def __str__(self) -> str:
        rows: list[tuple[str, ...]] = [("file", "read", "accepted", "rejected", "duplicates")]
        for f in self.files:
            rows.append(
                (
                    f["path"],
                    *(f"{f[k]:,}" for k in ("rows_read", "accepted", "rejected", "duplicates")),
                )
            )
        totals = self.totals
        rows.append(
            (
                "total",
                *(f"{totals[k]:,}" for k in ("rows_read", "accepted", "rejected", "duplicates")),
            )
        )
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        lines = [
            "  ".join(
                [
                    row[0].ljust(widths[0]),
                    *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
                ]
            )
            for row in rows
        ]
        lines += [
            f"  {rule}: {n:,} rejected; {REMEDY[rule]}" for rule, n in self.rejected_by_rule.items()
        ]
        lines += [
            f"  {clock}: {n:,} doubts: stop before start; {DOUBTFUL}"
            for clock, n in self.doubts.items()
        ]
        if self.times_cut:
            lines.append(f"times cut to the second: {self.times_cut:,}")
        if len(self.history) > 1:
            done = Counter(f["action"] for f in self.history[-1]["files"])
            lines.append(
                f"run {self.history[-1]['run']}: files "
                + ", ".join(f"{action} {n:,}" for action, n in sorted(done.items()))
            )
        lines += ["tables: " + ", ".join(f"{name} {n:,}" for name, n in self.tables.items())]
        return "\n".join(lines)
