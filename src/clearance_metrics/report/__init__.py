"""Reports: blocks for notebooks, one module per page or topic, and the pages made of them."""

from .blocks import Block, Book, open_book
from .build import build_report

__all__ = ["Block", "Book", "build_report", "open_book"]
