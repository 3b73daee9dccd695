"""Clearance time, refund duration and port fees from shipment event logs, set against a notice kept as data.

The way of a number, module by module:

- `vocabulary` (milestones.toml): the words: milestones, clocks, columns
- `intake`: the owner's files in, clean tables and a receipt for every row out
- `log`: `EventLog`, opened from a folder (`engines`) or built from pandas, Polars, Arrow or Ibis tables (`frames`)
- `metrics`: `Duration`, `Share`, `Fee`: what to measure; `calendars`: official working days
- `tally`, with `conditions`, `clocks`, `days`, `endings`, `charges` and `priced`: one engine query per metric, whole
  numbers out, as `cells`; `sharing`: many tallies from few queries
- `statistics`: numbers and intervals from tallies
- `measuring`: `measure` (with `asking`, `censored`, `completeness`); `comparing`: `compare`; `contrasting`: `contrast`;
  `staging`: `stages`; `holding`: `holds`; `bridging` (with `sides`, `bridge_rows`): `bridge`; `leagues`: `league`;
  `baskets`: `basket`; `limits`: `limits_kept`; `gapping`: `gap_to_target`; `judging`: `judge`
- `policy`: `interrupted`, `staggered`, `synthetic`, `changepoints`: what changed with a policy
- `notice`: `load_notice`; `assessing` (with `sharing`): `assess`; `findings`: `violations`, `breaches`
- `results`: what they answer; `spells`: what stands open, under stop clocks and holds
- `figures` (`canvas`, `figures_change`, `figures_policy`), `report`: charts and pages; `simulate`: a demonstration log
- `cli`: the command line
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "Duration": "metrics", "Share": "metrics", "Fee": "metrics", "EventLog": "log",
    "measure": "measuring", "assess": "assessing", "compare": "comparing", "contrast": "contrasting",
    "violations": "findings", "breaches": "findings", "basket": "baskets", "limits_kept": "limits",
    "gap_to_target": "gapping", "judge": "judging",
    "stages": "staging", "holds": "holding", "bridge": "bridging", "league": "leagues",
    "interrupted": "policy", "staggered": "policy", "synthetic": "policy", "changepoints": "policy",
    "load_notice": "notice", "load_tariff": "notice.tariff",
    "WorkCalendar": "calendars", "calendar": "calendars", "vocabulary": "vocabulary", "ClearanceError": "errors",
    "build_report": "report",
}  # fmt: skip
__all__ = sorted([*_HOME, "__version__"])


def __getattr__(name: str) -> object:
    """Public names are loaded when first asked for, so that importing the library is quick."""
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
