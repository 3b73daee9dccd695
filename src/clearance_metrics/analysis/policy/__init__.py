"""Did something change with a policy, and how far can a log tell: four readings, each with what it
cannot show.
"""

from .changepoints import changepoints
from .interrupted import interrupted_series
from .records import CAVEAT, Changes, EffectRow, Fact, Interrupted, Staggered, Synthetic
from .staggered import staggered
from .synthetic_control import synthetic_control

__all__ = [
    "CAVEAT",
    "Changes",
    "EffectRow",
    "Fact",
    "Interrupted",
    "Staggered",
    "Synthetic",
    "changepoints",
    "interrupted_series",
    "staggered",
    "synthetic_control",
]
