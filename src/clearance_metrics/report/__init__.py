"""Reports: blocks for notebooks (published, quality, clearance, time_spent, refunds, fees,
services, scorecard, change, way_left, effects) and their pages.
"""

from .blocks import Block, Book, open_book
from .build import build_report

__all__ = ["Block", "Book", "build_report", "open_book"]
