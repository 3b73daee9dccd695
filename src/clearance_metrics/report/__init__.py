"""Reports: notebooks run on one log, and their pages in every form and language asked for."""

from .build import build_report

__all__ = ["build_report"]
