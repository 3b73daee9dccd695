"""Days as the engine sees them: periods, and running counts of working days."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ..domain.calendars import WorkCalendar, load_calendar
from ..domain.instants import local_day as local_day
from ..domain.instants import local_second as local_second
from ..domain.zones import FIRST_YEAR, LAST_YEAR
from .cells import check_period

if TYPE_CHECKING:
    import ibis.expr.types as ir


@cache
def day_table(work: str | WorkCalendar) -> ir.Table:
    """Every day with its month, quarter and year, and the running count of working days where it is
    known.
    """
    import ibis
    import pyarrow as pa

    dates = np.arange(f"{FIRST_YEAR}-01-01", f"{LAST_YEAR + 1}-01-01", dtype="datetime64[D]")
    day = dates.astype("int64")
    month = dates.astype("datetime64[M]").astype(str)
    year = dates.astype("datetime64[Y]").astype("int64") + 1970
    quarter = [f"{y}-Q{(int(m[5:]) + 2) // 3}" for y, m in zip(year, month, strict=True)]
    known = (load_calendar(work) if isinstance(work, str) else work).day_table()
    place = np.asarray(known["day"], dtype="int64") - day[0]
    ordinal, working, told = np.zeros_like(day), np.zeros_like(day), np.zeros(len(day), bool)
    ordinal[place], working[place], told[place] = known["ordinal"], known["working"], True
    table = ibis.memtable(
        pa.table(
            {
                "day": pa.array(day, pa.int32()),
                "month": month.tolist(),
                "quarter": quarter,
                "year": year.astype(str).tolist(),
                "calendar_year": pa.array(year),
                "ordinal": pa.array(ordinal),
                "working": pa.array(working),
                "told": pa.array(told),
            }
        )
    )
    # no empty whole numbers in a table from memory: on its way to Spark they would turn into
    # fractions
    empty = ibis.null("int64")
    return table.mutate(
        ordinal=ibis.ifelse(table.told, table.ordinal, empty),
        working=ibis.ifelse(table.told, table.working, empty),
    )


def periods(period: str) -> ir.Table:
    """Every day (p_day) with the name of its month, quarter or year (p_name)."""
    check_period(period)
    return day_table("CN").select(p_day="day", p_name=period)
