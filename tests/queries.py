"""The queries that docs/queries.md shows, as the library writes them.

    python tests/queries.py [FOLDER]       FOLDER: what intake wrote, by default the demonstration

writes them anew into the page. Long lists (working days, a tariff) are cut short there.
"""

import re
import sys
from pathlib import Path

from clearance_metrics import Duration, EventLog, Fee, measure

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "queries.md"
AS_OF = "2022-12-31"
KEPT = 3  # lines of a list that are shown
ASKED = {
    "clock": (Duration("declared", "customs_released"), {"by": "mode"}),
    "refunds": (
        Duration(
            "refund_accepted",
            "refund_approved",
            unit="working_days",
            where={"kind": "refund"},
            pause=("refund_query_raised", "refund_query_cleared"),
        ),
        {"statistics": "n"},
    ),
    "tariff": (
        Fee(per="line", items=("货物港务费", "港口设施保安费"), against="tariff"),
        {"by": "port", "statistics": ("count_above:0", "sum")},
    ),
}
BLOCK = r"(<!-- {name} -->\n```sql)\n(.*?)(```\n)"


def whole(log: EventLog) -> dict[str, str]:
    """The text of each query, by its name on the page."""
    return {
        name: measure(log, metric, as_of=AS_OF, **how).sql for name, (metric, how) in ASKED.items()
    }


def shortened(text: str) -> str:
    """The same with long lists cut: of working days, which a newer calendar adds to, one line."""
    text = re.sub(
        r"( day IN \([\d, ]+,)\n[\d,\s]+\)", r"\1\n        -- … a line per year\n      )", text
    )
    lines, listed = [], 0
    for line in text.split("\n"):
        listed = listed + 1 if re.match(r"\s+\('", line) else 0
        if listed <= KEPT:
            lines.append(line)
        elif listed == KEPT + 1:
            lines.append(f"{line[: len(line) - len(line.lstrip())]}-- … the other rows")
    return "\n".join(lines)


def shown(page: str) -> dict[str, str]:
    """The queries that stand on the page."""
    return {n: re.search(BLOCK.format(name=n), page, re.S)[2].strip() for n in ASKED}


def renewed(page: str, queries: dict[str, str]) -> str:
    """The page with these queries in place of those it shows."""
    for name, text in queries.items():
        said = shortened(text)
        page = re.sub(
            BLOCK.format(name=name), lambda m, s=said: f"{m[1]}\n{s}\n{m[3]}", page, flags=re.S
        )
    return page


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "data" / "processed" / "demo"
    page = renewed(PAGE.read_text(encoding="utf-8"), whole(EventLog.open(folder)))
    PAGE.write_text(page, encoding="utf-8")
