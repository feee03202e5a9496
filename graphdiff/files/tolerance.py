"""A teacher's word on how far numbers may be off: a part of the number, or an amount."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NamedTuple

from graphdiff.errors import GraphError

MOST = Decimal(10) ** 30
"""The largest amount."""

_WRITTEN = re.compile(r"\s*(?P<number>[0-9.]{1,40}(?:[eE][-+]?[0-9]{1,3})?)\s*(?P<percent>%?)\s*")


class Tolerance(NamedTuple):
    """How far a number may be off.

    Attributes
    ----------
    amount
        The part of the number, or the amount.
    relative
        Whether it is a part.
    written
        As it was written: ``"1%"``, ``"0.001"``.
    """

    amount: Decimal
    relative: bool
    written: str


def tolerance(entry: Any) -> Tolerance:
    """Read a tolerance.

    Raises
    ------
    GraphError
        If it is no positive number and no percentage below 100.

    Examples
    --------
    >>> tolerance("1%").amount, tolerance(0.001).relative
    (Decimal('0.01'), False)
    """
    written = "a long number" if isinstance(entry, int) and entry > MOST else str(entry)
    match = None if isinstance(entry, bool) else _WRITTEN.fullmatch(written)
    try:
        amount = Decimal(match["number"] if match else "nan")
    except ArithmeticError:
        amount = Decimal("nan")
    relative = match is not None and match["percent"] == "%"
    if not amount.is_finite() or not 0 < amount < (100 if relative else MOST):
        raise GraphError(
            f'the tolerance is {written:.60}; write a part below 100%, such as "1%", or a positive '
            "number, such as 0.001"
        )
    return Tolerance(amount / 100 if relative else amount, relative, written.strip())
