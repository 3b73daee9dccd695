"""The currencies that a charge may be in."""

from __future__ import annotations

from babel.numbers import list_currencies

# of ISO 4217 as Babel has it, withdrawn ones too, since old bills are in them; the usual one first,
# and none of the codes that stand for no money at all
CURRENCIES = ("CNY", *sorted(list_currencies() - {"CNY", "XXX", "XTS"}))
