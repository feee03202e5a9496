"""A derivative array as a whole: its dense form, and the blocks it is made of."""

from __future__ import annotations

import math
import string
from dataclasses import dataclass
from functools import cached_property, reduce

import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.language.expression import Apply, Constant, Expression, in_order
from graphdiff.language.functions.arithmetic import add, mul
from graphdiff.language.functions.contraction import Einsum
from graphdiff.language.functions.movement import Eye, Reshape
from graphdiff.language.shapes import MAX_ENTRIES, shown
from graphdiff.program.structured.order import multiplied
from graphdiff.program.structured.products import scaled, stretched
from graphdiff.program.structured.shared import Shared
from graphdiff.program.structured.sums import whole
from graphdiff.program.structured.terms import Factor, LabelledProduct, Labels
from graphdiff.symbolic.cotangents import zeros
from graphdiff.symbolic.formula import Formula

MOST_WRITTEN = 30
"""Operations of a block that is written as a formula."""


@dataclass(frozen=True, eq=False)
class Block:
    """A small array, and the places of the large one where it stands.

    Attributes
    ----------
    core
        The small array, one axis for each index it has.
    pattern
        Its indices, and those of the large array: ``ab->iaib`` is the core for every i, at
        places whose first and third index are equal, and zero elsewhere.
    sizes
        The size of each index.
    """

    core: Expression
    pattern: str
    sizes: dict[str, int]

    @property
    def text(self) -> str:
        """The block as plain text."""
        inside, _, outside = self.pattern.partition("->")
        tied = [index for index in dict.fromkeys(outside) if outside.count(index) > 1]
        free = [index for index in dict.fromkeys(outside) if index not in inside + "".join(tied)]
        said = [f"{self.pattern}: {self._formula} of shape {shown(self.core.shape)}"]
        said += [f"{index} = 1..{self.sizes[index]} tied" for index in tied]
        said += [f"the same for {index} = 1..{self.sizes[index]}" for index in free]
        return ", ".join(said)

    @property
    def _formula(self) -> str:
        operations = sum(isinstance(part, Apply) for part in in_order(self.core))
        if operations > MOST_WRITTEN:
            return f"an array of {operations} operations"
        return Formula(self.core).text

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, eq=False)
class Structured:
    """A derivative array ∂y/∂x, of shape y.shape + x.shape, as a sum of products.

    Attributes
    ----------
    terms
        The products; none, if all derivatives are 0.
    shape
        The shape of the whole.
    """

    terms: tuple[LabelledProduct, ...]
    shape: tuple[int, ...]
    _make: Shared

    @cached_property
    def expression(self) -> Expression:
        """The dense array.

        Where axes are tied, it is one contraction of the core with an identity matrix for
        each tie, ``iab,ik->iakb``.

        Raises
        ------
        GraphError
            If it would have too many entries.
        """
        if math.prod(self.shape) > MAX_ENTRIES:
            raise GraphError(
                f"the array of derivatives has shape {shown(self.shape)}, which is more than "
                f"{MAX_ENTRIES} entries; take its products with vectors, jvp, vjp or hvp, or "
                "the blocks it is made of"
            )
        terms = whole(self._make, self.terms)
        dense = [self._dense(self._core(term), term.axes) for term in terms]
        if not dense:
            return zeros(self.shape)
        return reduce(lambda a, b: self._make(add, a, b), dense)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The parts of the array, without the zeros and repetitions around them."""
        return tuple(self._block(term) for term in self.terms)

    def _block(self, term: LabelledProduct) -> Block:
        core = self._core(term)
        letter = dict(zip(dict.fromkeys(term.axes), string.ascii_letters, strict=False))
        inside, outside = ("".join(letter[k] for k in f) for f in (core.labels, term.axes))
        sizes = {index: self.shape[label] for label, index in letter.items()}
        return Block(core.expression, f"{inside}->{outside}", sizes)

    def _core(self, term: LabelledProduct) -> Factor:
        """Return the product of a term's factors, its labels in order."""
        factors, by = list(term.factors), term.coefficient
        if len(factors) > 1:
            small = min(range(len(factors)), key=lambda k: factors[k].expression.size)
            part = factors[small]
            factors[small] = Factor(scaled(self._make, part.expression, by), part.labels)
            by = sp.Integer(1)
        order = tuple(dict.fromkeys(term.axes))
        found = multiplied(self._make, factors, dict(enumerate(term.sizes)), order)
        return Factor(scaled(self._make, found.expression, by), found.labels)

    def _dense(self, core: Factor, axes: Labels) -> Expression:
        """Return a core in all its places, zeros elsewhere."""
        ties = [(label, place) for place, label in enumerate(axes) if label != place]
        expression, labels = core.expression, core.labels
        if ties:
            eyes = [self._make(Eye(self.shape[place])) for _, place in ties]
            present = {*labels, *(place for tie in ties for place in tie)}
            labels = tuple(place for place in range(len(axes)) if place in present)
            terms = [core.labels, *ties]
            if not core.labels and len(eyes) == 1:
                one = isinstance(expression, Constant) and expression.value == 1
                expression = eyes[0] if one else self._make(mul, expression, eyes[0])
            else:
                subscripts = f"{','.join(map(_letters, terms))}->{_letters(labels)}"
                expression = self._make(Einsum(subscripts), expression, *eyes)
        kept = tuple(size if k in labels else 1 for k, size in enumerate(self.shape))
        if not labels and self.shape:
            return stretched(self._make, expression, self.shape)
        return stretched(self._make, self._make(Reshape(kept), expression), self.shape)

    @property
    def text(self) -> str:
        """The blocks as plain text, one a line."""
        return "\n".join(block.text for block in self.blocks) or "0"

    def __str__(self) -> str:
        return self.text


def _letters(labels: Labels) -> str:
    return "".join(string.ascii_letters[label] for label in labels)
