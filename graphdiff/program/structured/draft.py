"""A term in the making: factors as they come, axes that get tied, labels to sum over.

Settled, it is a term again: what is broadcast, transposed or a multiple of something else is
opened, identity matrices become ties, sums are carried out, and factors on the same labels
are multiplied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sympy as sp

from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions.arithmetic import div, mul, neg
from graphdiff.language.functions.contraction import Einsum
from graphdiff.language.functions.movement import Broadcast, Eye, Reshape, Transpose
from graphdiff.local_functions.pullback import ONE
from graphdiff.program.structured.order import reduced
from graphdiff.program.structured.products import diagonal, times
from graphdiff.program.structured.shared import Shared
from graphdiff.program.structured.terms import Factor, LabelledProduct, Labels

Loose = tuple[int | None, ...]
"""A label for each axis, or None for one of size 1 that runs with no other."""

Part = tuple[Expression, Loose]


@dataclass
class Draft:
    """A term in the making.

    Attributes
    ----------
    basis, axes
        The labels of the axes of the basis, and of what is differentiated.
    sizes
        The size of each label.
    parts
        What is multiplied, with labels that may repeat.
    summed
        Labels to sum over, where no axis has them.
    ties
        Pairs of labels that run together.
    """

    basis: list[int]
    axes: list[int]
    sizes: dict[int, int]
    parts: list[Part]
    coefficient: sp.Expr
    summed: list[int] = field(default_factory=list[int])
    ties: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    @classmethod
    def of(cls, term: LabelledProduct, rank: int) -> Draft:
        """Return a term, of which so many axes are the basis, as a draft."""
        return cls(
            list(term.axes[:rank]),
            list(term.axes[rank:]),
            dict(enumerate(term.sizes)),
            [(factor.expression, factor.labels) for factor in term.factors],
            term.coefficient,
        )

    def fresh(self, size: int) -> int:
        """Return a new label."""
        label = len(self.sizes)
        self.sizes[label] = size
        return label

    def multiply(self, expression: Expression) -> None:
        """Multiply by what broadcasts to the axes."""
        own = self.axes[len(self.axes) - expression.ndim :]
        self.append(expression, own)

    def append(self, expression: Expression, labels: Sequence[int]) -> None:
        """Multiply by an expression on labels; along its axes of size 1 it is constant."""
        sizes = zip(labels, expression.shape, strict=True)
        self.parts.append((expression, tuple(None if s == 1 else label for label, s in sizes)))

    def settled(self, make: Shared) -> LabelledProduct | None:
        """Return the term, or None if it is 0."""
        parts: list[tuple[Expression, Loose]] = []
        waiting = self.parts[::-1]
        while waiting:
            number, expression, labels = opened(*waiting.pop())
            self.coefficient *= number
            split = _factors(make, expression, labels)
            if isinstance(expression, Constant):
                self.coefficient *= expression.value
            elif isinstance(expression, Apply) and isinstance(expression.function, Eye):
                first, second = labels
                if first is not None and second is not None:
                    self.ties.append((first, second))
            elif split is not None:
                waiting += split[::-1]
            else:
                parts.append((expression, labels))
        if self.coefficient == 0:
            return None
        same = self._classes()
        factors = [squeezed(make, e, tuple(None if x is None else same[x] for x in labels))
                   for e, labels in parts]  # fmt: skip
        axes = [same[label] for label in (*self.basis, *self.axes)]
        summed = {same[label] for label in self.summed} - set(axes)
        for label in summed:
            if not any(label in factor.labels for factor in factors):
                self.coefficient *= self.sizes[label]
        front = {same[label] for label in self.axes} - {same[label] for label in self.basis}
        factors = reduced(make, factors, summed, self.sizes, front)
        return self._numbered(combined(make, factors), axes)

    def _classes(self) -> dict[int, int]:
        """Return for each label the one that stands for all those it is tied to."""
        same = {label: label for label in self.sizes}
        for first, second in self.ties:
            a, b = same[first], same[second]
            if a != b and self.sizes[first] != 1:
                low, high = sorted((a, b))
                same = {label: low if to == high else to for label, to in same.items()}
        return same

    def _numbered(self, factors: list[Factor], axes: list[int]) -> LabelledProduct:
        """Return the term with the first place of each label as the label."""
        sizes = tuple(self.sizes[label] for label in axes)
        first = {
            label: axes.index(label) for label, size in zip(axes, sizes, strict=True) if size != 1
        }
        placed = tuple(
            Factor(f.expression, tuple(first[label] for label in f.labels)) for f in factors
        )
        return LabelledProduct(
            tuple(first.get(label, place) for place, label in enumerate(axes)),
            sizes,
            tuple(sorted(placed, key=lambda f: (sorted(f.labels), f.labels))),
            self.coefficient,
        )


def combined(make: Shared, factors: Sequence[Factor]) -> list[Factor]:
    """Return the factors with those on the same labels multiplied."""
    found: dict[frozenset[int], Factor] = {}
    for factor in factors:
        labels = frozenset(factor.labels)
        found[labels] = times(make, found[labels], factor) if labels in found else factor
    return list(found.values())


def opened(expression: Expression, labels: Loose) -> tuple[sp.Expr, Expression, Loose]:
    """Return what an expression is a multiple, a transpose or a repetition of, with its labels."""
    coefficient: sp.Expr = sp.Integer(1)
    while isinstance(expression, Apply):
        function, arguments = expression.function, expression.arguments
        if function is neg:
            coefficient = -coefficient
            expression = arguments[0]
        elif function is mul and isinstance(arguments[0], Constant):
            coefficient *= arguments[0].value
            expression, labels = _aligned(arguments[1], labels)
        elif function in (mul, div) and isinstance(arguments[1], Constant) and arguments[1].value:
            value = arguments[1].value
            coefficient = coefficient * value if function is mul else coefficient / value
            expression, labels = _aligned(arguments[0], labels)
        elif isinstance(function, Broadcast):
            expression, labels = _aligned(arguments[0], labels)
        elif isinstance(function, Reshape) and _wide(arguments[0].shape) == _wide(expression.shape):
            kept = iter([x for x, size in zip(labels, expression.shape, strict=True) if size != 1])
            expression = arguments[0]
            labels = tuple(None if size == 1 else next(kept) for size in expression.shape)
        elif isinstance(function, Transpose):
            back = function.inverse.order
            expression, labels = arguments[0], tuple(labels[axis] for axis in back)
        else:
            break
    return coefficient, expression, labels


def _wide(shape: tuple[int, ...]) -> list[int]:
    return [size for size in shape if size != 1]


def _aligned(inner: Expression, labels: Loose) -> Part:
    """Return an operand with the labels it has of those it is broadcast to."""
    own = labels[len(labels) - inner.ndim :]
    sizes = zip(own, inner.shape, strict=True)
    return inner, tuple(None if size == 1 else label for label, size in sizes)


def _factors(make: Shared, expression: Expression, labels: Loose) -> list[Part] | None:
    """Return the factors of a product that have no label in common, or None."""
    if not isinstance(expression, Apply):
        return None
    function, arguments = expression.function, expression.arguments
    if function is mul:
        parts = [_aligned(argument, labels) for argument in arguments]
    elif function is div and not _aligned(arguments[1], labels)[1]:
        parts = [_aligned(arguments[0], labels), (make(div, ONE, arguments[1]), ())]
        if isinstance(arguments[0], Constant) or not expression.ndim:
            return None
    elif isinstance(function, Einsum) and len(function.output) == sum(map(len, function.operands)):
        of = dict(zip(function.output, labels, strict=True))
        parts = [
            (argument, tuple(of[index] for index in term))
            for argument, term in zip(arguments, function.operands, strict=True)
        ]
    else:
        return None
    if len(parts) < 2 or not expression.ndim:
        return None
    seen: set[int] = set()
    for part in parts:
        own = {label for label in opened(*part)[2] if label is not None}
        if own & seen:
            return None
        seen |= own
    return parts


def squeezed(make: Shared, expression: Expression, labels: Loose) -> Factor:
    """Return an expression without its axes of size 1, and its diagonal where labels repeat."""
    kept: Labels = tuple(label for label in labels if label is not None)
    if len(kept) < len(labels):
        shape = tuple(
            size for size, label in zip(expression.shape, labels, strict=True) if label is not None
        )
        expression = make(Reshape(shape), expression)
    return diagonal(make, expression, kept)
