"""Where mistakes in a derivation are made: the operations and edges that a target depends on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from graphdiff.checking.faults.derivation import Derivation
from graphdiff.checking.faults.operations import Between, Operation, Use
from graphdiff.checking.targets import Reference, Target
from graphdiff.graph import Node
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import mul
from graphdiff.language.functions.elementary import log

OUTPUTS = ("σ", "softmax")
"""What the functions are called whose outputs go into a cross-entropy."""


class Scene:
    """What a target depends on.

    Parameters
    ----------
    derivation
        The derivation without mistakes.
    target
        What is asked for.
    """

    def __init__(self, derivation: Derivation, target: Target) -> None:
        self.derivation = derivation
        self.operations = derivation.operations
        self.target = target
        self.rate = derivation.rate

    @cached_property
    def derivatives(self) -> tuple[Target, ...]:
        """The first derivatives in the target: itself, or those it is made of."""
        if self.target.kind == "expression":
            names = (name.target for name in self.target.link.names if isinstance(name, Reference))
            return tuple(name for name in names if name.is_first)
        if self.target.step and self.is_of_parameter and self.derivation.descent is not None:
            return (Target("P", self.derivation.descent.output, self.target.of),)
        return (self.target,) if self.target.is_first else ()

    def inner(self, about: Target) -> Operation | None:
        """Return z of a derivative in a = f(z) with an activation f; else None."""
        assert about.wrt is not None  # noqa: S101 - of derivatives
        operation = self.operations[self.operations.of_node[about.wrt.name]]
        return self.operations[operation.arguments[0]] if operation.is_activation else None

    @property
    def is_of_parameter(self) -> bool:
        """Whether the target is the value of a parameter."""
        return self.target.kind == "value" and self.target.of.kind == "parameter"

    @property
    def is_gradient(self) -> bool:
        """Whether the target is a derivative through the graph, not of one edge."""
        return self.target.kind in ("P", "derivative")

    @property
    def is_step(self) -> bool:
        """Whether the target is a parameter after a step of descent."""
        return bool(self.target.step) and self.is_of_parameter and self.rate is not None

    @cached_property
    def has_logarithm(self) -> bool:
        """Whether there is a logarithm in the graph, as in a cross-entropy."""
        declared = (operation.declared for operation in self.operations)
        return any(one is log or "cross_entropy" in getattr(one, "name", "") for one in declared)

    def nearness(self, operation: Operation) -> float:
        """Return how likely a mistake in a value was made at an operation: of its own formula."""
        return 1.0 if operation.owner is self.target.of else 0.3

    @staticmethod
    def is_beside(one: Node, other: Node) -> bool:
        """Whether two nodes are parents of the same one."""
        return any(other in edge.child.parents for edge in one.graph.children(one))

    @cached_property
    def ways(self) -> tuple[Between, ...]:
        """The ways that the derivatives in the target go."""
        return tuple(
            self.derivation.way(about.wrt, about.of, about.of if about.kind == "J" else None)
            for about in self.derivatives
            if about.wrt is not None
        )

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The uses of values on these ways."""
        return tuple(dict.fromkeys(use for way in self.ways for use in way.edges))

    @cached_property
    def evaluated(self) -> tuple[Operation, ...]:
        """The operations that a value is computed by, those of its own formula first."""
        if self.target.kind != "value" or self.target.step or self.target.of.is_leaf:
            return ()
        before = self.target.of.graph.ancestors(self.target.of)
        found = [
            operation
            for operation in self.operations
            if operation.owner is not None and operation.owner.name in before
        ]
        return tuple(sorted(found, key=lambda one: one.owner is not self.target.of))

    def by(self, use: Use) -> Operation:
        """Return the operation that a use is by."""
        return self.operations[use.by]

    def used(self, use: Use) -> Operation:
        """Return the operation whose value is used."""
        return self.operations[self.by(use).arguments[use.slot]]

    def beside(self, use: Use) -> Operation | None:
        """Return the other operand of an operation of two."""
        arguments = self.by(use).arguments
        return self.operations[arguments[1 - use.slot]] if len(arguments) == 2 else None

    def is_constant(self, operation: Operation) -> bool:
        """Whether an operation is a number, or computed of numbers alone."""
        return operation.place in self.operations.constants

    def is_by(self, use: Use, *functions: Function) -> bool:
        """Whether a use is by one of some functions."""
        return self.by(use).declared in functions

    def is_product(self, use: Use) -> bool:
        """Whether a use is in a product, whose derivative in a factor has not that factor in it."""
        return self.is_by(use, mul)

    def where(self, use: Use) -> str:
        """Return how records call the place of a use: an edge of the graph, or a part of one."""
        by, used = self.by(use), self.used(use)
        if by.node is not None and used.node is not None:
            return f"J[{used.node.name}->{by.node.name}]"
        return by.text

    def words(self, use: Use) -> dict[str, str]:
        """Return the words for a use: what uses, what is used, what stands beside it."""
        by, beside = self.by(use), self.beside(use)
        return {
            "i": by.text,
            "j": self.used(use).text,
            "other": "" if beside is None else beside.text,
            "slope": self.slope(by, use.slot),
            "function": name_of(by),
        }

    def slope(self, operation: Operation, slot: int = 0) -> str:
        """Return what the derivative of an operation is called: σ′(z), or ∂a/∂z."""
        argument = self.operations[operation.arguments[slot]]
        if operation.is_activation:
            return f"{name_of(operation)}′({argument.text})"
        return f"∂{bracketed(operation.text)}/∂{bracketed(argument.text)}"

    def nodes_like(self, operation: Operation) -> Iterator[tuple[Operation, float]]:
        """Yield nodes that could be taken for an operation's value, and how easily each is.

        They have its shape; those of the same name with another index, and those beside it in
        the same formula, are taken most easily.
        """
        own = operation.node
        beside = set[Node]()
        if own is not None:
            beside.update(*(edge.child.parents for edge in own.graph.children(own)))
        for name, place in self.operations.of_node.items():
            other = self.operations[place]
            if place == operation.place or other.shape != operation.shape:
                continue
            same_letter = own is not None and stem(name) == stem(own.name)
            yield other, 1.0 if same_letter else 0.6 if other.node in beside else 0.25


def name_of(operation: Operation) -> str:
    """Return how the function of an operation is called: σ, tanh."""
    declared = operation.declared
    if isinstance(declared, Function):
        return called(declared)
    return "" if declared is None else declared.name


def called(function: Function) -> str:
    """Return how a function of numbers is called by hand."""
    return "σ" if function.latex.startswith(r"\sigma") else function.name


def stem(name: str) -> str:
    """Return a name without its indices.

    Examples
    --------
    >>> stem("w_12"), stem("w"), stem("h1")
    ('w', 'w', 'h')
    """
    return name.rstrip("0123456789_").rstrip("_") or name


def bracketed(text: str) -> str:
    """Return a formula in parentheses, a name as it is."""
    return text if text.replace("_", "").isalnum() else f"({text})"
