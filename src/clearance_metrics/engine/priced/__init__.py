"""Each charge line beside a reference of its day: the tariff, pilotage, a port's published list,
other lines.

Rows come back with value (fen: what exceeds the reference), end, and what a finding must name:
`rule`, the reference `rate` in fen (the `limit_fen` less the permille `waived`) and the
`tariff_line` it stands in.
"""

from __future__ import annotations

from .judged import TARIFF_PORT, Check
from .lines import SAME_SERVICE, billed_twice, plain
from .lists import off_list, over_list
from .pilotage import over_pilotage
from .tariffs import over_tariff

# of these the rule is about the case, so its columns stand beside the line
CASE_COLUMNS: dict[str, tuple[str, ...]] = {"tariff": ("kind",)}
CHECKS: dict[str | None, Check] = {
    None: plain,
    "tariff": over_tariff,
    "pilotage": over_pilotage,
    "charge_list": off_list,
    "list_rate": over_list,
    "repeated": billed_twice,
}

# the columns of a line that each reads, beside those that a finding names
READ: dict[str | None, tuple[str, ...]] = {
    None: (),
    "tariff": ("kind", "size", "cargo_class", "quantity", TARIFF_PORT),
    "pilotage": ("net_tons", "distance_nm", "voyage", "quantity", TARIFF_PORT),
    "charge_list": (),
    "list_rate": ("quantity",),
    "repeated": SAME_SERVICE,
}

__all__ = ["CASE_COLUMNS", "CHECKS", "READ"]
