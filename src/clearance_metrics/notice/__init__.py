"""The notice as data: measures and indicators, dated tariffs, and figures published about them."""

from .loader import load_notice
from .model import Indicator, Measure, Notice, Target
from .published import citable, compressions, contradictions, published

__all__ = [
    "Indicator",
    "Measure",
    "Notice",
    "Target",
    "citable",
    "compressions",
    "contradictions",
    "load_notice",
    "published",
]
