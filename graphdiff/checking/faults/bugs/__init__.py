"""Mistakes in the derivation, in families."""

from graphdiff.checking.faults.bugs import (
    arrays,
    descent,
    operands,
    paths,
    rules,
    second_order,
    signs,
    slopes,
    sums,
    values,
)

BUGS = (
    *signs.BUGS, *operands.BUGS, *slopes.BUGS, *paths.BUGS, *arrays.BUGS, *sums.BUGS,
    *descent.BUGS, *rules.BUGS, *values.BUGS, *second_order.BUGS,
)  # fmt: skip
"""All of them."""
