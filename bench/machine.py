"""The machine and the versions a result was made with; neither names the host nor any path."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "clearance-metrics",
    "duckdb",
    "polars",
    "pandas",
    "pyarrow",
    "numpy",
    "scipy",
    "lifelines",
    "pm4py",
)


def machine() -> dict[str, object]:
    """Processors, memory in GB and the kind of system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "system": platform.system(),
        "architecture": platform.machine(),
    }


def versions() -> dict[str, str]:
    """Python and every package that took part."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
