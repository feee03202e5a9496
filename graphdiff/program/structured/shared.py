"""Applied functions made once: equal ones are one object, so that cost counts distinct parts."""

from __future__ import annotations

from typing import Any

from graphdiff.language.expression import AnyFunction, Apply, Constant, Expression, in_order
from graphdiff.language.functions.movement import Reshape, Transpose


class Shared:
    """Makes applied functions; what was made before of the same function and parts is given again.

    Parts are the same if they are one object. A stored part keeps its arguments alive, so that
    their ``id`` stays theirs.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Expression] = {}
        self._same: dict[int, Expression] = {}
        self._kept: list[Expression] = []

    def __call__(self, function: AnyFunction, *arguments: Expression) -> Expression:
        """Return the function applied; axes moved or reshaped twice are so once."""
        first = arguments[0] if arguments else None
        match function:
            case Reshape(to) if first is not None:
                if to == first.shape:
                    return first
                if isinstance(first, Apply) and isinstance(first.function, Reshape):
                    return self(function, *first.arguments)
            case Transpose(order) if first is not None:
                if order == tuple(range(len(order))):
                    return first
                if isinstance(first, Apply) and isinstance(first.function, Transpose):
                    both = tuple(first.function.order[axis] for axis in order)
                    return self(Transpose(both), *first.arguments)
            case _:
                pass
        key = (function, *map(id, arguments))
        if key not in self._made:
            made = self._made[key] = Apply(function, arguments)
            self._same[id(made)] = made
        return self._made[key]

    def constant(self, constant: Constant) -> Expression:
        """Return the one constant of a value."""
        return self._made.setdefault(("constant", constant.value), constant)

    def all(self, root: Expression) -> Expression:
        """Return an expression with its equal parts made one."""
        same = self._same
        self._kept.append(root)
        for part in in_order(root, same):
            if id(part) in same:
                continue
            if isinstance(part, Constant):
                same[id(part)] = self.constant(part)
            elif isinstance(part, Apply):
                arguments = tuple(same[id(argument)] for argument in part.arguments)
                key = (part.function, *map(id, arguments))
                if all(a is b for a, b in zip(arguments, part.arguments, strict=True)):
                    self._made.setdefault(key, part)
                same[id(part)] = self(part.function, *arguments)
            else:
                same[id(part)] = part
        return same[id(root)]
