"""What a line of a local function can be, for one who looks for neurons.

Plain classes compared by identity, since a graph may have hundreds of thousands of lines. Each
has the ``shape`` of its value, the ``made_of`` it came from, and the ``node`` that is called so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphdiff.graph import Node
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import Shape
from graphdiff.recognition.activations import NET


class AffineForm:
    """The base of all."""

    __slots__ = ("made_of", "node", "shape")

    def __init__(self, shape: Shape, made_of: tuple[AffineForm, ...] = ()) -> None:
        self.shape = shape
        self.made_of = made_of
        self.node: Node | None = None


class Number(AffineForm):
    """A number of the formula."""

    __slots__ = ("expression", "value")

    def __init__(self, value: float, expression: Expression, shape: Shape = ()) -> None:
        super().__init__(shape)
        self.value = value
        self.expression = expression


class Held(AffineForm):
    """A parameter, or a view of its entries; ``table`` has their places in the flat array."""

    __slots__ = ("factor", "parameter", "table")

    def __init__(self, parameter: Node, table: np.ndarray | None, factor: float = 1.0) -> None:
        super().__init__(() if table is None else table.shape)
        self.parameter = parameter
        self.table = table
        self.factor = factor


class Data(AffineForm):
    """An input, or a formula of inputs alone.

    ``multiple`` of another, so many times it; ``items`` if those were stacked along ``along``.
    """

    __slots__ = ("along", "expression", "items", "multiple")

    def __init__(self, expression: Expression, node: Node | None = None) -> None:
        super().__init__(expression.shape)
        self.expression = expression
        self.node = node
        self.multiple: tuple[Data, float] = (self, 1.0)
        self.items: tuple[Data, ...] = ()
        self.along: int | None = None


class AffineTerm:
    """Something weighed, in a sum: ``signal`` times the entries of ``held``.

    ``axis`` is where the signal's units are, None if it is one unit; ``table`` has for each
    neuron the places of its weights. ``diagonal``: neuron j has unit j only.
    """

    __slots__ = ("axis", "diagonal", "held", "signal", "table")

    def __init__(
        self,
        signal: AffineForm,
        axis: int | None,
        held: Held | None,
        table: np.ndarray | None,
        *,
        diagonal: bool = False,
    ) -> None:
        self.signal = signal
        self.axis = axis
        self.held = held
        self.table = table
        self.diagonal = diagonal


class Added:
    """A bias in a sum: an entry of ``held`` for each neuron, or a number."""

    __slots__ = ("held", "table", "value")

    def __init__(self, held: Held | None, table: np.ndarray | None, value: float = 1.0) -> None:
        self.held = held
        self.table = table
        self.value = value


Rope = Any
"""A term, a bias, or a tuple of (rope, factor) pairs: long sums are joined at no cost."""


class Sum(AffineForm):
    """A weighted sum of signals: Σ w_k a_k + b, one for each place along ``axis``.

    One that is another sum after arithmetic with numbers, 1 − 2z or 1 + exp(z), is also a
    function of that: ``expression`` of ``base``.
    """

    __slots__ = ("_alone", "_flat", "_weighted", "axis", "base", "expression", "rope")

    def __init__(
        self, shape: Shape, axis: int | None, rope: Rope, made_of: tuple[AffineForm, ...]
    ) -> None:
        super().__init__(shape, made_of)
        self.axis = axis
        self.rope = rope
        self.base: Sum = self
        self.expression: Expression = NET
        self._flat: list[tuple[AffineTerm | Added, float]] | None = None
        self._weighted: bool | None = None
        self._alone: Sum | None = None

    @property
    def alone(self) -> Sum:
        """The same sum as a function of nothing but itself."""
        if self.base is self:
            return self
        if self._alone is None:
            self._alone = Sum(self.shape, self.axis, self.rope, self.made_of)
            self._alone.node = self.node
        return self._alone

    @property
    def parts(self) -> list[tuple[AffineTerm | Added, float]]:
        """The terms and biases with their factors, in the order they were written."""
        if self._flat is None:
            self._flat = list(_flattened(self.rope))
        return self._flat

    @property
    def is_weighted(self) -> bool:
        """Whether a parameter is in it, and a signal."""
        if self._weighted is None:
            parts = [part for part, _ in self.parts]
            self._weighted = any(part.held is not None for part in parts) and any(
                isinstance(part, AffineTerm) for part in parts
            )
        return self._weighted

    @property
    def units(self) -> int:
        """How many neurons it is."""
        return 1 if self.axis is None else int(self.shape[self.axis])


def _flattened(rope: Rope) -> Iterator[tuple[AffineTerm | Added, float]]:
    stack: list[tuple[Rope, float]] = [(rope, 1.0)]
    while stack:
        top, factor = stack.pop()
        if isinstance(top, tuple):
            stack += [(inner, factor * by) for inner, by in reversed(top)]
        else:
            yield top, factor


class Mapped(AffineForm):
    """A function of one weighted sum, entry by entry: an ``expression`` of its ``base``."""

    __slots__ = ("base", "expression")

    def __init__(
        self, base: Sum, expression: Expression, shape: Shape, made_of: tuple[AffineForm, ...]
    ) -> None:
        super().__init__(shape, made_of)
        self.base = base
        self.expression = expression

    @property
    def axis(self) -> int | None:
        """Where its units are."""
        return self.base.axis


class Softmax(AffineForm):
    """The softmax of a layer, or with scalars the entry of it that belongs to ``base``."""

    __slots__ = ("base",)

    def __init__(self, base: Sum, shape: Shape, made_of: tuple[AffineForm, ...]) -> None:
        super().__init__(shape, made_of)
        self.base = base

    @property
    def axis(self) -> int | None:
        """Where its units are."""
        return self.base.axis


class Stacked(AffineForm):
    """Signals brought together along an axis, one unit each."""

    __slots__ = ("axis", "items")

    def __init__(self, items: tuple[AffineForm, ...], axis: int, shape: Shape) -> None:
        super().__init__(shape, items)
        self.items = items
        self.axis = axis


class Picked(AffineForm):
    """One unit of a layer."""

    __slots__ = ("of", "row")
    axis = None

    def __init__(self, of: AffineForm, row: int, shape: Shape) -> None:
        super().__init__(shape, (of,))
        self.of = of
        self.row = row


class Other(AffineForm):
    """Everything else: what no neuron is."""

    __slots__ = ()


SIGNALS = (Data, Sum, Mapped, Softmax, Stacked, Picked)
