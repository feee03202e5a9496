"""Applied functions made once, so that cost counts distinct parts."""

from __future__ import annotations

from graphdiff.language.cotangent_arithmetic import leaves_out
from graphdiff.language.expression import AnyFunction, Apply, Expression
from graphdiff.language.functions.comparisons import where
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
            case Reshape() | Transpose(), (Apply() as choice,) if _moves_inside(choice):
                moved = (self(function, part) if part.shape else part for part in choice.arguments)
                return self(where, *moved)
            case _:
                return super().__call__(function, *arguments)


def _moves_inside(choice: Apply) -> bool:
    """Whether axes may be moved in the parts of a choice instead, which is to be seen as one."""
    return leaves_out(choice) and all(part.shape in ((), choice.shape) for part in choice.arguments)
