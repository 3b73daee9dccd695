"""Reports: notebooks run on one log, and their pages in every form and language asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .build import build_report as build_report

__all__ = ["build_report"]


def __getattr__(name: str) -> object:
    """`build_report` is loaded when first asked for: a kernel that runs a notebook needs none."""
    if name == "build_report":
        from .build import build_report

        return build_report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
