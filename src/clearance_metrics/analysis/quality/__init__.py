"""What became of every row that was read, and what looks wrong in those that were accepted."""

from .covered import coverage
from .receipts import receipt, rejects
from .slips import slips
from .stopped import doubts

__all__ = ["coverage", "doubts", "receipt", "rejects", "slips"]
