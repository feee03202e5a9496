"""What goes back through windows, by its name: unpool, upsample, a transposed convolution.

Pooling and convolutions pick windows by index, and what comes back is added where the windows were.
As a formula that is a table of indices; a picture calls it by its name, and explains the name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from graphdiff.language.expression import (
    Apply,
    Expression,
    apply,
    in_order,
    rebuilt,
    with_arguments,
)
from graphdiff.language.functions.contraction import Einsum
from graphdiff.language.functions.movement import Broadcast, Index, Reshape, Scatter
from graphdiff.language.functions.reductions import TieShares
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import Shape
from graphdiff.language.tensors import ones
from graphdiff.language.tensors.common import Keywords
from graphdiff.symbolic.tensor_algebra.windows import windows_of

UNPOOL, UPSAMPLE, CONVOLUTION = "unpool", "upsample", "conv_transpose"

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        UNPOOL: "each entry goes to the largest of its window",
        UPSAMPLE: "each entry goes to all of its window",
        CONVOLUTION: "each entry goes to its window, times the kernel",
    }
)
"""What each name does; where windows overlap, what meets is added."""


class _Call(NamedTuple):
    """A function of windows, its options, and what it is of."""

    name: str
    options: Keywords
    of: tuple[Expression, ...]


def named(formula: Expression) -> Expression:
    """Return a formula in which what goes back through windows is called by its name.

    The numbers are the same: a name stands for what it replaces.
    """
    return rebuilt(formula, _named)


def has_tables(formula: Expression) -> bool:
    """Whether a formula picks entries by tables of indices, or by brackets too long to write."""
    return any(
        isinstance(part, Apply)
        and isinstance(part.function, Index | Scatter)
        and Index(part.function.key).is_long
        for part in in_order(formula)
    )


def _named(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
    made = with_arguments(part, arguments)
    match made:
        case Apply(function=Scatter() as scatter, arguments=(Apply() as inner,)):
            found = _called(scatter, inner)
        case _:
            return made
    if found is None:
        return made
    name, options, of = found
    shapes = tuple(each.shape for each in of)

    def expand(*given: Expression) -> Expression:
        return rebuilt(made, replaced=dict(zip(of, given, strict=True)))

    return apply(Composite(name, expand, options, shapes=shapes), *of)


def _called(scatter: Scatter, inner: Apply) -> _Call | None:
    """Return what is done with what, where entries are put back into windows; None if no name has.

    Of the cotangent c, an entry for each window, and of the data or the kernel.
    """
    windows = windows_of(scatter.key, scatter.to)
    if windows is None:
        return None
    found = _operands(scatter, inner, windows[0])
    if found is None:
        return None
    name, *of = found
    return _Call(name, _options(name, *windows[1:]), tuple(of))


def _options(name: str, sizes: Shape, stride: int) -> Keywords:
    """Return the size of a window where it is not that of the kernel, and the stride."""
    usual = 1 if name == CONVOLUTION else sizes[0]
    steps = (("stride", stride),) if stride != usual else ()
    if name == CONVOLUTION:
        return steps
    return (("size", sizes[0]), *steps) if steps else (("", sizes[0]),)


def _operands(
    scatter: Scatter, inner: Apply, axes: int
) -> tuple[str, *tuple[Expression, ...]] | None:
    places = inner.shape[:-axes]
    match inner.function, inner.arguments:
        case TieShares(), (chosen,) if (data := _data(chosen, scatter)) is not None:
            return UNPOOL, ones(*places), data
        case function, (one, Apply(function=TieShares(), arguments=(chosen,))) if (
            function.name in ("mul", "matmul") and (data := _data(chosen, scatter)) is not None
        ):
            c = _each(one, places, axes)
            return None if c is None else (UNPOOL, c, data)
        case Broadcast(), (one,):
            c = _each(one, places, axes)
            return None if c is None else (UPSAMPLE, c)
        case Einsum(operands=(of_c, of_kernel), output=output), (c, kernel) if (
            output.endswith(of_c[-axes:] + of_kernel[-axes:]) and c.shape[-axes:] == places[-axes:]
        ):
            return CONVOLUTION, c, kernel
        case _:
            return None


def _data(chosen: Expression, scatter: Scatter) -> Expression | None:
    """Return the data of which windows are chosen, those that are put back."""
    match chosen:
        case Apply(function=Index(key=scatter.key), arguments=(data,)):
            return data
        case _:
            return None


def _each(part: Expression, places: Shape, axes: int) -> Expression | None:
    """Return c, an entry for each window, of which a part is made to fill the windows with."""
    match part:
        case Apply(function=Reshape(), arguments=(c,)) if c.shape == places and part.shape == (
            *places,
            *(1,) * axes,
        ):
            return c
        case Apply(function=Composite(name="diag"), arguments=(c,)) if c.shape == places:
            return c
        case _ if not part.shape:
            return apply(Broadcast(places), part)
        case _:
            return None
