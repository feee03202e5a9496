"""What a derivative array is kept as: a sum of products of factors with labelled axes.

D[k…, i…] = ∂y_i…/∂x_k… has the axes of x, its *basis*, before those of y. A label is the
place of the first axis that runs with it. Two axes with one label are tied, δ_ik; a label that
no factor has is an axis along which the term is constant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from graphdiff.language.expression import Constant, Expression

Labels = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Factor:
    """An expression with a label for each of its axes, all different."""

    expression: Expression
    labels: Labels

    def __post_init__(self) -> None:
        assert len(self.labels) == len(set(self.labels)) == self.expression.ndim  # noqa: S101

    @property
    def key(self) -> tuple[Expression, Labels]:
        """What two equal factors share."""
        return self.expression, self.labels

    @property
    def sizes(self) -> dict[int, int]:
        """The size of each label."""
        return dict(zip(self.labels, self.expression.shape, strict=True))


@dataclass(frozen=True, eq=False)
class LabelledProduct:
    """One product: a number, and factors of which no two have the same labels.

    Attributes
    ----------
    axes
        The label of each axis.
    sizes
        The size of each axis. Axes of size 1 have labels that stand nowhere else.
    factors
        What is multiplied.
    coefficient
        The number, exact.
    """

    axes: Labels
    sizes: tuple[int, ...]
    factors: tuple[Factor, ...]
    coefficient: sp.Expr

    @property
    def tied(self) -> bool:
        """Whether two axes have one label."""
        return len(set(self.axes)) < len(self.axes)

    def size(self, labels: Iterable[int]) -> int:
        """Return the product of the sizes of labels."""
        return math.prod(self.sizes[label] for label in labels)

    def permuted(self, order: tuple[int, ...]) -> LabelledProduct:
        """Return the term with its axes in another order."""
        axes = tuple(self.axes[axis] for axis in order)
        first = {label: axes.index(label) for label in axes}
        return LabelledProduct(
            tuple(first[label] for label in axes),
            tuple(self.sizes[axis] for axis in order),
            tuple(
                Factor(f.expression, tuple(first[label] for label in f.labels))
                for f in self.factors
            ),
            self.coefficient,
        )


def number(value: Any) -> Constant:
    """Return an exact number as a constant."""
    return Constant.written(value, str(value))
