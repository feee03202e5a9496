"""Applied functions made once, so that cost counts distinct parts."""

from __future__ import annotations

from graphdiff.language.expression import AnyFunction, Apply, Expression
from graphdiff.language.functions.movement import Reshape, Transpose
from graphdiff.language.interning import Interning


class Shared(Interning):
    """A table of expressions in which axes moved or reshaped twice are so once."""

    def __call__(self, function: AnyFunction, *arguments: Expression) -> Expression:
        """Return a function applied to what is in the table."""
        match function, arguments:
            case Reshape(to), (first,) if to == first.shape:
                return first
            case Reshape(), (Apply(function=Reshape()) as first,):
                return self(function, *first.arguments)
            case Transpose(order), (first,) if order == tuple(range(len(order))):
                return first
            case Transpose(order), (Apply(function=Transpose() as before) as first,):
                both = tuple(before.order[axis] for axis in order)
                return self(Transpose(both), *first.arguments)
            case _:
                return super().__call__(function, *arguments)
