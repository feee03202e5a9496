"""Going forward, on derivative arrays with their structure kept.

A map multiplies by its partial derivative on the axes of its value. A contraction ties,
multiplies and sums over labels; what moves entries about leaves alone the axes it can, and so does
what is linear along one axis. All other functions have no rule of their own: their pullback is
linear in the cotangent, and its own pullback in that pushes a tangent forward, by maps,
contractions and moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graphdiff.language.expression import AnyFunction, Apply, Expression, in_order
from graphdiff.language.functions import Function
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.movement import Broadcast, Index, Reshape, Scatter, Transpose
from graphdiff.language.functions.reductions import Sum
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.local_functions.pullback import Placeholder, partial, pullback, through
from graphdiff.program.structured.draft import Draft
from graphdiff.program.structured.moves import chosen, moved, reshaped, scattered
from graphdiff.program.structured.shared import Shared
from graphdiff.program.structured.sums import total
from graphdiff.program.structured.terms import LabelledProduct

Terms = tuple[LabelledProduct, ...]

BY_LABELS = (Function, Sum, MatMul, Einsum, Broadcast, Transpose, Reshape, Index, Scatter)
"""What acts on labels; all others come of their pullback, in which these alone are left."""


class Forward:
    """Pushes derivative arrays through an expression.

    Parameters
    ----------
    rank
        How many axes the basis has.
    """

    def __init__(self, rank: int, make: Shared) -> None:
        self.rank = rank
        self.make = make

    def push(self, root: Expression, seeds: Mapping[Expression, Terms]) -> Terms:
        """Return the derivative array of an expression, from those of some of its parts."""
        known = dict(seeds)
        for part in in_order(root, known):
            known[part] = ()
            if isinstance(part, Apply) and any(known[a] for a in part.arguments):
                known[part] = self._of(part, [known[a] for a in part.arguments])
        return known[root]

    def _of(self, part: Apply, given: Sequence[Terms]) -> Terms:
        """Return the derivative array of an applied function, from those of its arguments."""
        function = part.function
        if isinstance(function, Composite) and (function.rule is None or function.is_multilinear):
            definition = self.make.interned(function.expand(*part.arguments))
            seeds = dict(zip(part.arguments, given, strict=True))
            return self.push(definition, seeds)
        return total(self.make, self._by_slot(part, given))

    def _by_slot(self, part: Apply, given: Sequence[Terms]) -> Iterator[LabelledProduct]:
        for slot, terms in enumerate(given):
            if terms:
                by = self._by_labels if _acts_on_labels(part.function, slot) else self._by_pullback
                yield from by(part, slot, terms)

    def _by_pullback(self, part: Apply, slot: int, terms: Terms) -> Iterator[LabelledProduct]:
        tangent = Placeholder(slot, part.arguments[slot].shape)
        cotangent = Placeholder(slot, part.shape)
        back = through(part, slot, cotangent)
        pushed = None if back is None else pullback(back, tangent, [cotangent])[0]
        if pushed is not None:
            yield from self.push(self.make.interned(pushed), {tangent: terms})

    def _by_labels(self, part: Apply, slot: int, terms: Terms) -> Iterator[LabelledProduct]:
        factor = partial(part, slot) if isinstance(part.function, Function) else None
        if factor is None and isinstance(part.function, Function):
            return
        for term in terms:
            draft = Draft.of(term, self.rank)
            if factor is not None:
                _broadcast(draft, part.shape)
                draft.multiply(self.make.interned(factor))
            else:
                self._linear(draft, part, slot)
            settled = draft.settled(self.make)
            if settled is not None:
                yield settled

    def _linear(self, draft: Draft, part: Apply, slot: int) -> None:
        """Carry a term of one argument through a function of tensors."""
        function, arguments, make = part.function, part.arguments, self.make
        match function:
            case Sum():
                _reduced(draft, function)
            case MatMul():
                both = Einsum(MatMul.subscripts(*(a.shape for a in arguments)))
                _contract(draft, both, slot, arguments)
            case Einsum():
                _contract(draft, function, slot, arguments)
            case Broadcast(to):
                _broadcast(draft, to)
            case Transpose(order):
                draft.axes = [draft.axes[axis] for axis in order]
            case Reshape(to):
                reshaped(make, draft, to)
            case Index():
                chosen(make, draft, function, part.shape)
            case Scatter():
                scattered(make, draft, function)
            case TensorFunction(along=int(axis)):
                moved(
                    make, draft, axis, axis + 1, (part.shape[axis],),
                    lambda e, lead: make(function.along_axis(len(lead), len(lead) + 1), e),
                )  # fmt: skip
            case TensorFunction() if (kept := function.stack_of(slot)) is not None:
                _broadcast(draft, (*part.shape[:-kept], *arguments[slot].shape[-kept:]))
                moved(
                    make, draft, 0, len(draft.axes), part.shape,
                    lambda e, _: make(function, *arguments[:slot], e, *arguments[slot + 1 :]),
                )  # fmt: skip
            case _:
                raise NotImplementedError(function.name)


def _acts_on_labels(function: AnyFunction, slot: int) -> bool:
    if isinstance(function, BY_LABELS):
        return True
    return isinstance(function, TensorFunction) and not (
        function.along is None and function.stack_of(slot) is None
    )


def _broadcast(draft: Draft, shape: tuple[int, ...]) -> None:
    """Repeat along axes that are new, or of size 1."""
    extra = len(shape) - len(draft.axes)
    old = [1] * extra + [draft.sizes[label] for label in draft.axes]
    labels = [None] * extra + draft.axes
    draft.axes = [
        label if label is not None and size == before else draft.fresh(size)
        for label, size, before in zip(labels, shape, old, strict=True)
    ]


def _reduced(draft: Draft, reduction: Sum) -> None:
    draft.summed += [draft.axes[axis] for axis in reduction.axes]
    draft.axes = [
        draft.fresh(1) if axis in reduction.axes else label
        for axis, label in enumerate(draft.axes)
        if reduction.keepdims or axis not in reduction.axes
    ]


def _contract(draft: Draft, function: Einsum, slot: int, arguments: Sequence[Expression]) -> None:
    """Contract with the other operands; an index that stands twice in this one ties its axes."""
    label_of: dict[str, int] = {}
    for index, label in zip(function.operands[slot], draft.axes, strict=True):
        if index in label_of:
            draft.ties.append((label_of[index], label))
        label_of.setdefault(index, label)
    sizes = function.sizes(*(argument.shape for argument in arguments))
    for place, (term, argument) in enumerate(zip(function.operands, arguments, strict=True)):
        if place != slot:
            for index in term:
                if index not in label_of:
                    label_of[index] = draft.fresh(sizes[index])
            draft.append(argument, [label_of[index] for index in term])
    draft.summed += [label for i, label in label_of.items() if i not in function.output]
    draft.axes = [label_of[index] for index in function.output]
