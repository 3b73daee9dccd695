"""Clearance time, refund duration and port fees from shipment event logs, set against a notice kept
as data.

The way of a number, module by module:

- `vocabulary` (milestones.toml): the words: milestones, clocks, columns
- `intake`: the owner's files in, clean tables and a receipt for every row out
- `log`: `EventLog`, opened from a folder (`engines`) or built from pandas, Polars, Arrow or Ibis
  tables (`frames`)
- `metrics`: `Duration`, `Share`, `Fee`: what to measure; `calendars`: official working days
- `tally`, with `conditions`, `clocks`, `days`, `endings`, `charges` and `priced`: one engine query
  per metric, whole numbers out, as `cells`; `sharing`: many tallies from few queries
- `statistics`: numbers and intervals from tallies
- `measuring`: `measure` (with `asking`, `censored`, `completeness`); `comparing`: `compare`;
  `contrasting`: `contrast`; `staging`: `stages`; `holding`: `holds`; `bridging` (with `sides`,
  `bridge_rows`): `bridge`; `leagues`: `league`; `baskets`: `basket`; `check_limits`;
  `gapping`: `gap_to_target`; `judge_target`
- `policy`: `interrupted_series`, `staggered`, `synthetic_control`, `changepoints`: what changed with a policy
- `notice`: `load_notice`; `assessment`: `assess`, `violations`, `exceedances`
- `results`: what they answer; `spells`: what stands open, under stop clocks and holds
- `figures` (`canvas`, `figures_change`, `figures_policy`), `report`: charts and pages; `simulate`:
  a demonstration log
- `cli`: the command line
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "Duration": "domain.metrics",
    "Share": "domain.metrics",
    "Fee": "domain.metrics",
    "EventLog": "engine.log",
    "measure": "analysis.measure",
    "assess": "assessment.assess",
    "compare_matched": "analysis.compare_matched",
    "compare_survival": "analysis.compare_survival",
    "exceedances": "assessment.exceedances",
    "violations": "assessment.violations",
    "price_index": "analysis.price_index",
    "check_limits": "assessment.check_limits",
    "gap_to_target": "analysis.gap_to_target",
    "judge_target": "assessment.judge_target",
    "stages": "analysis.stages",
    "holds": "analysis.holds",
    "bridge": "analysis.bridge",
    "league": "analysis.league",
    "interrupted_series": "analysis.policy",
    "staggered": "analysis.policy",
    "synthetic_control": "analysis.policy",
    "changepoints": "analysis.policy",
    "load_notice": "notice",
    "load_tariff": "notice.tariff",
    "WorkCalendar": "domain.calendars",
    "calendar": "domain.calendars",
    "vocabulary": "domain.vocabulary",
    "ClearanceError": "errors",
    "build_report": "report",
}
__all__ = sorted([*_HOME, "__version__"])


def __getattr__(name: str) -> object:
    """Public names are loaded when first asked for, so that importing the library is quick."""
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
