"""Expressions made once: equal ones are one object, so that what is equal is seen at once."""

from __future__ import annotations

import sympy as sp

from graphdiff.language.expression import AnyFunction, Apply, Constant, Expression, in_order


class Interning:
    """A table of expressions in which equal ones are one object.

    Applied functions are equal if the functions are and their arguments are one object here.
    Nodes and other leaves are themselves.

    Parameters
    ----------
    as_written
        Whether numbers are equal only if they are written alike; else if their values are.
    """

    def __init__(self, *, as_written: bool = False) -> None:
        self._as_written = as_written
        self._applied: dict[tuple[AnyFunction, tuple[Expression, ...]], Expression] = {}
        self._constants: dict[tuple[sp.Expr, str], Constant] = {}
        self._interned: dict[Expression, Expression] = {}

    def __call__(self, function: AnyFunction, *arguments: Expression) -> Expression:
        """Return a function applied to what is in the table."""
        key = function, arguments
        if key not in self._applied:
            self._applied[key] = Apply(function, arguments)
        return self._applied[key]

    def constant(self, constant: Constant) -> Constant:
        """Return the one constant of a value."""
        text = constant.text if self._as_written else ""
        return self._constants.setdefault((constant.value, text), constant)

    def interned(
        self, root: Expression, done: dict[Expression, Expression] | None = None
    ) -> Expression:
        """Return the one expression that is equal to this one.

        Parameters
        ----------
        done
            Where to keep, for as long as it is of use, what each part is equal to; the table
            itself if left out.
        """
        done = self._interned if done is None else done
        for part in in_order(root, done):
            if isinstance(part, Apply):
                arguments = tuple([done[argument] for argument in part.arguments])
                if arguments == part.arguments:
                    self._applied.setdefault((part.function, part.arguments), part)
                done[part] = self(part.function, *arguments)
            else:
                done[part] = self.constant(part) if isinstance(part, Constant) else part
        return done[root]
