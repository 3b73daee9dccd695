"""When something stands open: raised and ended events of a case, counted and not paired, so that
repeats are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def opened(marks: ir.Table, owner: tuple[str, ...]) -> ir.Table:
    """How many stand open from each moment on, per owner (case, or case and hold).

    `marks` has the owner's columns, key (a second or a day), raised (1 raised, 0 ended) and day
    (known to the day only). The answer has a row per owner and key: open and before (how many from
    then on, and until then), until (the next key, null at the last), begun_once (whether any was
    raised by then), unmatched (an end came while none was open), day (0 or 1). At one key the
    raised come first; an end with nothing open takes nothing away.
    """
    import ibis

    # a row per key, so that no order within a moment can matter to any engine
    at = marks.group_by([*owner, "key"]).agg(
        up=marks.raised.sum().cast("int64"),
        down=(1 - marks.raised).sum().cast("int64"),
        day=ibis.ifelse(ibis.coalesce(marks.day, False), 1, 0).cast("int64").max(),
    )
    so_far = ibis.cumulative_window(group_by=owner, order_by="key")
    at = at.mutate(
        balance=(at.up - at.down).sum().over(so_far).cast("int64"),
        begun_once=at.up.sum().over(so_far) > 0,
    )
    # the count reflected at zero: what the balance lies above its lowest so far
    at = at.mutate(lowest=ibis.least(at.balance.min().over(so_far), 0))
    at = at.mutate(open=at.balance - at.lowest)
    in_turn = ibis.window(group_by=owner, order_by="key")
    at = at.mutate(
        before=ibis.coalesce(at.open.lag().over(in_turn), 0),
        until=at.key.lead().over(in_turn),
        unmatched=at.lowest < ibis.coalesce(at.lowest.lag().over(in_turn), 0),
    )
    return at.select(*owner, "key", "until", "open", "before", "begun_once", "unmatched", "day")


def clipped(spans: ir.Table) -> ir.Table:
    """`key` to `until` (to the end, where null) cut to `begun` and `done` of the clock, as `since`
    and `till`.
    """
    import ibis

    def cut(moment: ir.Column) -> ir.Column:
        return ibis.least(ibis.greatest(moment, spans.begun), spans.done)

    return spans.mutate(since=cut(spans.key), till=cut(ibis.coalesce(spans.until, spans.done)))
