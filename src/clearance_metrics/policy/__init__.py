"""Did something change with a policy, and how far can a log tell: four readings, each with what it cannot show."""

from .detect import changepoints
from .records import Changes, EffectRow, Fact, Interrupted, Staggered, Synthetic
from .series import interrupted
from .starts import staggered
from .twin import synthetic
from .words import CAVEAT

__all__ = [
    "CAVEAT", "Changes", "EffectRow", "Fact", "Interrupted", "Staggered", "Synthetic", "changepoints", "interrupted",
    "staggered", "synthetic",
]  # fmt: skip
