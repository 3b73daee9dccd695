"""Did something change with a policy, and how far can a log tell: four readings, each with what it
cannot show.
"""

from .changepoints import changepoints
from .interrupted import interrupted
from .records import Changes, EffectRow, Fact, Interrupted, Staggered, Synthetic
from .staggered import staggered
from .synthetic_control import synthetic
from .words import CAVEAT

__all__ = [
    "CAVEAT",
    "Changes",
    "EffectRow",
    "Fact",
    "Interrupted",
    "Staggered",
    "Synthetic",
    "changepoints",
    "interrupted",
    "staggered",
    "synthetic",
]
