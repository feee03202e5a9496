"""Lines of a tape as statements of NumPy: which call computes each, and into what.

A statement writes its value into a buffer, or returns a view of another value, or a new
array; scalars are plain numbers. The templates have ``{0}``, ``{1}`` for the operands,
``{t}`` for the value, ``{out}`` for an optional last argument (the buffer, with its comma),
``{into}`` for the buffer or None, ``{alloc}`` for the buffer or new memory, and ``{cleared}``
for the same filled with zeros.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

FEW = 32
"""Entries of a row that is short."""

Storage = Literal["given", "number", "fixed", "scalar", "view", "buffer", "new"]


@dataclass(frozen=True, eq=False)
class Variable:
    """A value of the program.

    Attributes
    ----------
    name
        The variable, or the text of a number.
    storage
        Where it lives: given by the caller, a number, a constant, a scalar, a view of ``root``,
        a buffer that may be used again, or a new array.
    root
        For a view, the variable whose memory it shares.
    contiguous
        Whether its entries lie row by row.
    is_pure
        Whether a view is one in any case, and no copy.
    """

    name: str
    shape: tuple[int, ...]
    storage: Storage
    root: Variable | None = None
    contiguous: bool = True
    is_pure: bool = True

    @property
    def memory(self) -> Variable:
        """The variable whose memory it is."""
        return self.root or self

    @property
    def size(self) -> int:
        """The number of entries."""
        return int(np.prod(self.shape, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Statement:
    """One value computed.

    Attributes
    ----------
    target
        The variable it gives a value to.
    uses
        The operands.
    first
        The template of the call whose value the target is.
    then
        Templates of what is done to the value in place afterwards.
    in_place
        Whether an operand's own buffer may take the value.
    """

    target: Variable
    uses: tuple[Variable, ...]
    first: str
    then: tuple[str, ...] = ()
    in_place: bool = False

    def into(self, target: Variable) -> Statement:
        """Return the statement with another target."""
        return replace(self, target=target)


class Statements:
    """The statements of a program, in order, and the constants they use."""

    def __init__(self, dtype: np.dtype[Any], variable: Any) -> None:
        self.dtype = dtype
        self.variable = variable
        self.found: list[Statement] = []
        self.constants: dict[str, Any] = {}
        self._shared: dict[str, str] = {}
        self._turned: dict[Variable, tuple[Variable, tuple[int, ...]]] = {}

    def add(
        self,
        name: str,
        shape: tuple[int, ...],
        storage: Storage,
        uses: tuple[Variable, ...],
        first: str,
        *then: str,
        in_place: bool = False,
        contiguous: bool = True,
        is_pure: bool = True,
    ) -> Variable:
        """Write a statement and return the variable it gives a value to."""
        if not shape and storage in ("buffer", "new", "view"):
            storage = "scalar"
        root = uses[0].memory if storage == "view" else None
        target = Variable(self.variable(name), shape, storage, root, contiguous, is_pure)
        self.found.append(Statement(target, uses, first, then, in_place))
        return target

    def computed(
        self, call: str, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        """Return the value of a kernel, which may be an argument itself, or one number for all."""
        if not shape:
            return self.add(name, shape, "scalar", uses, call)
        return self.add(name, shape, "buffer", uses, "{alloc}", f"copyto({{t}}, {call})")

    def constant(self, name: str, value: Any) -> str:
        """Keep an object for the program and return its variable."""
        variable = self.variable(name)
        self.constants[variable] = value
        return variable

    def shared_constant(self, name: str, value: Any) -> str:
        """Return the variable of an object that many statements use."""
        if name not in self._shared:
            self._shared[name] = self.constant(name, value)
        return self._shared[name]

    # Views

    def reshaped(self, x: Variable, shape: tuple[int, ...]) -> Variable:
        """Return the same entries in another shape."""
        if x.shape == shape:
            return x
        if not x.shape:
            return self.add("t", shape, "new", (x,), f"full({shape}, {{0}}, dtype)")
        if not shape:
            place = ", ".join("0" for _ in x.shape)
            return self.add("t", shape, "scalar", (x,), f"{{0}}[{place}]")
        text = "{0}.ravel()" if len(shape) == 1 else f"{{0}}.reshape({shape})"
        return self.add("t", shape, "view", (x,), text, is_pure=x.is_pure and x.contiguous)

    def spread(self, x: Variable, shape: tuple[int, ...]) -> Variable:
        """Return an operand of an entry by entry function as NumPy is quickest with it.

        Broadcasting what has as many entries as the result, or only one, costs more than a call
        on a few numbers. A view of the result's shape, or of no axis, is not broadcast.
        """
        size = int(np.prod(shape, dtype=np.int64))
        if not x.shape or x.shape == shape or x.size not in (1, size) or x.storage == "scalar":
            return x
        to = shape if x.size == size else ()
        target = Variable(self.variable("t"), to, "view", x.memory, x.contiguous, x.is_pure)
        text = "{0}[None]" if to == (1, *x.shape) else f"{{0}}.reshape({to})"
        self.found.append(Statement(target, (x,), text))
        return target

    def transposed(self, x: Variable, order: tuple[int, ...]) -> Variable:
        """Return the axes in another order."""
        if order == tuple(range(len(order))):
            return x
        shape = tuple(x.shape[axis] for axis in order)
        reverse = order == tuple(reversed(range(len(order))))
        text = "{0}.T" if reverse else f"{{0}}.transpose({order})"
        found = self.add("t", shape, "view", (x,), text, contiguous=False, is_pure=x.is_pure)
        base, before = self.as_it_lies(x)
        if base.contiguous:
            self._turned[found] = base, tuple(before[axis] for axis in order)
        return found

    def as_it_lies(self, x: Variable) -> tuple[Variable, tuple[int, ...]]:
        """Return what lies row by row, and the order of its axes that the variable has."""
        return self._turned.get(x, (x, tuple(range(len(x.shape)))))

    def lying(self, x: Variable, order: tuple[int, ...]) -> Variable:
        """Return an operand with its axes as they lie in memory where they are in an order."""
        base, own = self.as_it_lies(x)
        if own == order or not x.shape:
            return base
        whole = self.reshaped(x, (1,) * (len(order) - len(x.shape)) + x.shape)
        return self.transposed(whole, inverse(order))


def inverse(order: tuple[int, ...]) -> tuple[int, ...]:
    """Return the order that takes an order of axes back."""
    return tuple(sorted(range(len(order)), key=lambda k: order[k]))
