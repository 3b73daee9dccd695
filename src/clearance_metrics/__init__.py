"""Clearance time, refund duration and port fees from shipment event logs, set against a notice kept as data.

The way of a number, module by module:

- `vocabulary` (milestones.toml): the words: milestones, clocks, columns
- `intake`: the owner's files in, clean tables and a receipt for every row out
- `log`: `EventLog`, opened from a folder or built from pandas, Polars, Arrow or Ibis tables (`frames`)
- `metrics`: `Duration`, `Share`, `Fee`: what to measure; `calendars`: official working days
- `tally`, with `conditions` and `charges`: one engine query per metric, whole numbers out, as `cells`; `sharing`: many
  tallies from few queries
- `statistics`: numbers and intervals from tallies
- `measuring`: `measure`; `comparing`: `compare`; `staging`: `stages`; `notice`: `load_notice`; `assessing`: `assess`;
  `results`: what they answer
- `figures`, `report`: charts and pages; `simulate`: a demonstration log; `cli`: the command line
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "Duration": "metrics", "Share": "metrics", "Fee": "metrics", "EventLog": "log",
    "measure": "measuring", "violations": "measuring", "assess": "assessing", "compare": "comparing",
    "stages": "staging", "load_notice": "notice",
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
