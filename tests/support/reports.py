"""A report of pages alone, found where a test asks for it."""

from pathlib import Path

from clearance_metrics.report import build_report


def built(log, out, lang="zh", **more):
    """Build the pages in one language; `out` then leads to their folder. The first page."""
    out = Path(out)
    whole = out.with_name(f"{out.name}-whole")
    page = build_report(log, out=whole, languages=(lang,), formats=("html",), **more)
    if not out.is_symlink():
        if out.is_dir():
            out.rmdir()  # a folder that a fixture made, and that holds nothing
        out.symlink_to(page.parent, target_is_directory=True)
    return page


def left(out):
    """What a build that failed left where `built` was to write."""
    whole = Path(out).with_name(f"{Path(out).name}-whole")
    return sorted(whole.iterdir()) if whole.exists() else []
