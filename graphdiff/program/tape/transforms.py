"""What a program is to compute, recorded on a tape: one function for each form."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from graphdiff.errors import GraphError, unknown
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import shown
from graphdiff.program.structured import Structured, hessian, jacobian
from graphdiff.program.tape.lowering import Lowering
from graphdiff.program.tape.tape import Tape
from graphdiff.symbolic.cotangents import (
    Expressions,
    cotangents_of,
    gradients_of,
    ones,
    pushed_forward,
    values_of,
    zeros,
)
from graphdiff.symbolic.result import Letter

VECTOR_OF = {"jvp": "tangent", "hvp": "tangent", "vjp": "cotangent"}
"""What the forms that multiply by a vector call it."""


@dataclass(frozen=True)
class Recording:
    """A tape, and how what it computes is handed out.

    Attributes
    ----------
    tape
        The computation.
    result
        The number of an output of the tape, or a tuple or dict of such.
    vectors
        The shapes of the vectors the form takes, by their names.
    """

    tape: Tape
    result: Any
    vectors: Mapping[str, tuple[int, ...]]


def recorded(
    graph: ComputationalGraph, output: Node, wrt: Sequence[Node], form: str, *, single: bool
) -> Recording:
    """Return what computes a form of an output's derivatives in some leaves.

    Parameters
    ----------
    single
        Whether one leaf was asked for, and its derivative alone is to be handed out.

    Raises
    ------
    GraphError
        If sizes are letters.
    """
    vectors = vectors_of(output, wrt, form, single=single)
    work = _Work(graph, output, tuple(wrt), vectors)
    found = FORMS[form](work)
    lowering = Lowering(lambda part: part.name)  # type: ignore[attr-defined]
    outputs = [lowering.line(expression) for expression in found.expressions]
    names: dict[int, str] = {}
    for prefix, expressions in (("", work.values), ("P_", work.cotangents)):
        for name, expression in expressions.items():
            names.setdefault(lowering.line(expression), f"{prefix}{name}")
    result = found.result(single=single and form not in BLOCKS)
    return Recording(lowering.tape(outputs, names), result, vectors)


def checked_form(output: Node, wrt: Sequence[Node], form: str) -> None:
    """Raise an error if an output has no such form in some nodes.

    Raises
    ------
    UnknownNameError
        If there is no such form.
    GraphError
        If the form needs a scalar output, or a node is no leaf.
    """
    if form not in FORMS:
        raise unknown("form", form, FORMS)
    for node in wrt:
        if not node.is_leaf:
            raise GraphError(
                f"{node.name!r} is computed; compile derivatives in leaves, inputs or parameters"
            )
    if form in BLOCKS and len(wrt) != 1:
        raise GraphError(f"the form {form} takes one leaf, but was given {len(wrt)}")
    if form not in OF_ARRAYS and output.shape and output.size != 1:
        raise GraphError(
            f"{output.name!r} has shape {shown(output.shape)}, so it has no form {form!r}; name a "
            "scalar output, or use the forms jacobian, vjp or jvp"
        )


def vectors_of(
    output: Node, wrt: Sequence[Node], form: str, *, single: bool
) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of the tangents or the cotangent a form takes."""
    vector = VECTOR_OF.get(form)
    if vector is None:
        return {}
    if form == "vjp":
        return {vector: output.shape}
    if single:
        return {vector: wrt[0].shape}
    return {f"{vector}_{node.name}": node.shape for node in wrt}


@dataclass
class _Work:
    """The expressions that a form is made of."""

    graph: ComputationalGraph
    output: Node
    wrt: tuple[Node, ...]
    vectors: Mapping[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        self.values: Expressions = values_of(self.graph, self.output)
        self.cotangents: Expressions = {}
        self.letters = [Letter(name, shape) for name, shape in self.vectors.items()]

    @property
    def value(self) -> Expression:
        """The output."""
        return self.values[self.output.name]

    def gradients(self, cotangent: Expression | None = None) -> list[Expression]:
        """Return P of every leaf asked for, in its shape."""
        seed = ones(self.output.shape) if cotangent is None else cotangent
        self.cotangents = cotangents_of(self.graph, self.output, self.wrt, self.values, seed)
        return [
            self.cotangents[node.name] if node.name in self.cotangents else zeros(node.shape)
            for node in self.wrt
        ]


@dataclass(frozen=True)
class _Found:
    """Derivatives by what they are in, behind the value if there is one."""

    derivatives: Mapping[Any, Expression]
    value: Expression | None = None

    @property
    def expressions(self) -> list[Expression]:
        first = [] if self.value is None else [self.value]
        return [*first, *self.derivatives.values()]

    def result(self, *, single: bool) -> Any:
        """Return how they are handed out, by their numbers."""
        first = int(self.value is not None)
        derived = {key: k for k, key in enumerate(self.derivatives, start=first)}
        inner = next(iter(derived.values())) if single and derived else derived
        if self.value is None:
            return inner
        return (0, inner) if derived else 0


def _named(work: _Work, expressions: Sequence[Expression]) -> dict[Any, Expression]:
    return {node.name: found for node, found in zip(work.wrt, expressions, strict=True)}


def _value(work: _Work) -> _Found:
    return _Found({}, work.value)


def _gradient(work: _Work) -> _Found:
    return _Found(_named(work, work.gradients()))


def _value_and_gradient(work: _Work) -> _Found:
    return _Found(_named(work, work.gradients()), work.value)


def _vjp(work: _Work) -> _Found:
    return _Found(_named(work, work.gradients(work.letters[0])))


def _jvp(work: _Work) -> _Found:
    return _Found({}, pushed_forward(work.value, work.wrt, work.letters))


def _hvp(work: _Work) -> _Found:
    pairs = zip(work.gradients(), work.letters, strict=True)
    slope = reduce(operator.add, ((gradient * v).sum() for gradient, v in pairs))
    return _Found(_named(work, gradients_of(slope, work.wrt, ones(()))))


def _jacobian(work: _Work) -> _Found:
    return _Found(_named(work, [jacobian(work.value, node).expression for node in work.wrt]))


def _hessian(work: _Work) -> _Found:
    gradients = _named(work, work.gradients())
    return _Found({
        (a.name, b.name): hessian(gradients[a.name], b).expression
        for a in work.wrt
        for b in work.wrt
    })  # fmt: skip


def _jacobian_blocks(work: _Work) -> _Found:
    (node,) = work.wrt
    return _blocks(jacobian(work.value, node))


def _hessian_blocks(work: _Work) -> _Found:
    (node,), (gradient,) = work.wrt, work.gradients()
    return _blocks(hessian(gradient, node))


def _blocks(found: Structured) -> _Found:
    """Return the cores of the blocks by where they stand."""
    cores: dict[Any, Expression] = {}
    for block in found.blocks:
        known = cores.get(block.pattern)
        cores[block.pattern] = block.core if known is None else known + block.core
    return _Found(cores)


OF_ARRAYS = ("value", "jacobian", "jacobian_blocks", "jvp", "vjp")
"""Forms that an output of several entries has too."""

BLOCKS = ("jacobian_blocks", "hessian_blocks")
"""Forms whose arrays are given by the blocks they are made of."""

FORMS: Mapping[str, Callable[[_Work], _Found]] = {
    "value_and_gradient": _value_and_gradient,
    "value": _value,
    "gradient": _gradient,
    "jacobian": _jacobian,
    "hessian": _hessian,
    "jacobian_blocks": _jacobian_blocks,
    "hessian_blocks": _hessian_blocks,
    "hvp": _hvp,
    "jvp": _jvp,
    "vjp": _vjp,
}
"""What can be compiled, by name."""
