"""A sheet of a workbook as rows of texts."""

from __future__ import annotations
from pathlib import Path
from ..mapping import FileSpec
from .scratch import Scratch


def excel_rows(spec: FileSpec, path: Path, scratch: Path) -> tuple[Scratch, tuple[str, ...]]:
    """todo"""
    raise NotImplementedError
