"""Files of unknown kind looked at, and the mapping that reads them proposed."""

from __future__ import annotations

from .proposal import Inspection, inspect_files

__all__ = ["Inspection", "inspect_files"]
