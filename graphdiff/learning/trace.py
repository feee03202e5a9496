"""A descent step by step: what every parameter and every state is after each of a few steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation.gradient_step import with_values
from graphdiff.evaluation.leaf_values import checked_values
from graphdiff.evaluation.number_systems import EXACT, FLOAT64, Arithmetic
from graphdiff.evaluation.run import Run, run_backward
from graphdiff.graph import Node
from graphdiff.language import quantity
from graphdiff.notation import equations, latex, text
from graphdiff.notation.display import Shown, Table
from graphdiff.notation.equations import Line, Link, chain
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.rule import GRADIENT, STEP, THETA
from graphdiff.workbench import Graph

MOST_STEPS = 10_000
"""Steps of one trace; a training has more, and keeps less of each."""


@dataclass(frozen=True, repr=False)
class State(Shown):
    """Where a descent is after some steps.

    Attributes
    ----------
    step
        How many steps were made.
    values
        The parameters by name.
    objective
        The value of what is minimised.
    gradient
        Its derivative in each parameter, where the next step takes it: at ``values``, unless the
        method looks ahead.
    state
        What the method remembers: ``{"m_w": …, "v_w": …}``, its state and the parameter.
    found
        All that the step which led here has assigned, by the same names; empty at the start.
    rate
        The learning rate of that step; None at the start.
    """

    step: int
    values: Mapping[str, Any]
    objective: Any
    gradient: Mapping[str, Any]
    state: Mapping[str, Any]
    found: Mapping[str, Any]
    rate: Any = None

    def shown(self) -> Iterator[Table | str]:
        """Yield the parameters with their gradients, and the state."""
        def row(name: str) -> tuple[str, str, str]:
            shape = np.shape(self.values[name])
            return (name, *(text.value(of[name], shape) for of in (self.values, self.gradient)))

        yield Table.of(
            f"after {_counted(self.step)}", ("parameter", "value", "gradient"), list(self.values), row
        )
        if self.state:
            rows = [(name, text.value(x, np.shape(x))) for name, x in self.state.items()]
            yield Table("", ("state", "value"), tuple(rows))


@dataclass(frozen=True, repr=False)
class Trace(Shown, Sequence[State]):
    """The states of a descent, from the start on.

    Made by :func:`graphdiff.learning.minimise`. It is a sequence: ``trace[0]`` is the start,
    ``trace[-1]`` the last state.

    Attributes
    ----------
    graph
        The graph, with the values it began with.
    output
        The name of what is minimised.
    method
        The method.
    states
        The states.
    exact
        Whether the numbers are exact.
    """

    start: Graph
    output: str
    method: Method
    states: tuple[State, ...]
    exact: bool = False

    def __getitem__(self, step: Any) -> Any:
        return self.states[step]

    def __len__(self) -> int:
        return len(self.states)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters that change."""
        return tuple(self.states[0].values)

    @cached_property
    def graph(self) -> Graph:
        """The graph with the values of the last state."""
        return self.start.with_values(dict(self.states[-1].values))

    def table(self) -> Table:
        """Return the states as a table, a row a step."""
        state = tuple(self.states[0].state)
        columns = (
            "step",
            self.output,
            *self.parameters,
            *(f"d{self.output}/d{p}" for p in self.parameters),
            *state,
        )

        def row(found: State) -> tuple[str, ...]:
            numbers = [found.objective, *found.values.values()]
            numbers += [found.gradient[name] for name in self.parameters]
            numbers += [found.state[name] for name in state]
            return (str(found.step), *(text.value(x, np.shape(x)) for x in numbers))

        return Table.of(self.method.rule.title, columns, self.states, row)  # fmt: skip

    def shown(self) -> Iterator[Table | str]:
        """Yield the states as a table."""
        yield self.table()

    def text(self, digits: int = 6) -> str:
        """Return every step written out: formulas, the numbers put in, what comes of them."""
        parts = [self.method.rule.text()]
        for number, lines in self._steps(digits):
            rows = (f"  {name.text} <- {line.text}" for name, line in lines)
            parts.append("\n".join([f"step {number}", *rows]))
        return "\n\n".join(parts)

    def latex(self, digits: int = 6) -> str:
        r"""Return every step written out, as an ``aligned`` of equations each, for ``amsmath``."""
        parts = [f"\\[\n{self.method.latex()}\n\\]"]
        for number, lines in self._steps(digits):
            rows = [rf"{name.latex} &\leftarrow {line.latex}" for name, line in lines]
            body = " \\\\\n".join(rows)
            parts.append(rf"\paragraph{{Step {number}}}")
            parts.append(f"\\[\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n\\]")
        return latex.ascii_only("\n".join(parts)) + "\n"

    def _steps(self, digits: int) -> Iterator[tuple[int, list[tuple[Link, Line]]]]:
        arithmetic = _arithmetic(exact=self.exact)
        for before, after in zip(self.states, self.states[1:], strict=False):
            lines: list[tuple[Link, Line]] = []
            for name in self.parameters:
                values = self.method.numbers(arithmetic, after.step)
                values |= {THETA: before.values[name], GRADIENT: before.gradient[name]}
                values |= {s: before.state[f"{s}_{name}"] for s in self.method.rule.state}
                found = {s: after.found[f"{s}_{name}"] for s in self.method.rule.assigned}
                rows = self.method.written(
                    name, self.output, values, found, self.start[name].shape, digits
                )
                lines += [(left, chain(*links)) for left, links in rows]
            yield after.step, lines


def _counted(steps: int) -> str:
    return f"{steps} step{'s' * (steps != 1)}"


def minimise(
    graph: Graph,
    method: Method,
    steps: int = 1,
    *,
    output: Any = None,
    wrt: Any = None,
    values: Mapping[Any, Any] | None = None,
    exact: bool = False,
) -> Trace:
    """Make some steps of a method from where a graph is, and keep all of each.

    Parameters
    ----------
    graph
        The graph; its parameters have values.
    method
        Such as ``adam(0.1)``.
    steps
        How many.
    output
        What is minimised, a number; may be left out when there is only one output.
    wrt
        The parameters that change; all if left out. The others keep their values.
    values
        Values for leaves, over those of the graph.
    exact
        Whether to compute with exact numbers.

    Raises
    ------
    GraphError
        For an output that is no number, no parameters, or a missing value.
    NumericalError
        Naming the step at which a number first is not finite.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", g.parameter("w", 5) ** 2)
    >>> trace = minimise(g, gd.learning.momentum(0.1), steps=2, exact=True)
    >>> [state.values["w"] for state in trace], trace[-1].state
    ([5, 4, 23/10], {'v_w': 17})
    """
    if not isinstance(steps, int) or isinstance(steps, bool) or not 0 <= steps <= MOST_STEPS:
        raise GraphError(f"steps is {steps!r:.40}; give a whole number, from 0 to {MOST_STEPS}")
    target = graph.output if output is None else graph[output]
    if target.size != 1:
        raise GraphError(
            f"{target.name!r} has {target.size} entries; a descent goes down the gradient of one "
            "number, such as a mean of them"
        )
    parameters = _parameters(graph, wrt)
    at = checked_values(graph, {graph[key].name: value for key, value in (values or {}).items()})
    descent = _Descent(graph, target, method, parameters, _arithmetic(exact=exact))
    states = list(descent.states(at, steps))
    return Trace(graph, target.name, method, tuple(states), exact)


def _arithmetic(*, exact: bool) -> Arithmetic:
    return EXACT if exact else FLOAT64


def _parameters(graph: Graph, wrt: Any) -> tuple[Node, ...]:
    if wrt is None:
        chosen = graph.parameters
        if not chosen:
            raise GraphError("the graph has no parameters to update; add some with graph.parameter")
        return tuple(chosen)
    names = [wrt] if isinstance(wrt, str | int | Node) else list(wrt)
    chosen = [graph[name] for name in names]
    for node in chosen:
        if not node.is_leaf:
            raise GraphError(f"{node.name!r} is computed as {node.formula}; leaves only can change")
    return tuple(chosen)


@dataclass(frozen=True)
class _Descent:
    graph: Graph
    output: Node
    method: Method
    parameters: tuple[Node, ...]
    arithmetic: Arithmetic

    def states(self, at: dict[str, Any], steps: int) -> Iterator[State]:
        """Yield the states from the start on, so many steps after it."""
        kept = {p.name: self.method.start(self.arithmetic, p.shape) for p in self.parameters}
        found: dict[str, Any] = {}
        for step in range(steps + 1):
            run, gradient = self._swept(at, kept, step + 1)
            values = {p.name: run.value[p.name] for p in self.parameters}
            rate = self.method.rate(self.arithmetic, step) if step else None
            state = {f"{s}_{name}": x for name, own in kept.items() for s, x in own.items()}
            objective = run.value[self.output.name]
            yield State(step, values, objective, gradient, state, found, rate)
            if step == steps:
                return
            found = {}
            for p in self.parameters:
                try:
                    new = self.method.stepped(
                        self.arithmetic, values[p.name], gradient[p.name], kept[p.name], step + 1
                    )
                except NumericalError as error:
                    raise NumericalError(f"step {step + 1}, {p.name!r}: {error}") from None
                kept[p.name] = {s: new[s] for s in kept[p.name]}
                at[p.name] = new[THETA]
                found |= {f"{letter}_{p.name}": value for letter, value in new.items()}

    def _swept(
        self, at: Mapping[str, Any], kept: Mapping[str, Mapping[str, Any]], t: int
    ) -> tuple[Run, dict[str, Any]]:
        """Return a run at the parameters, and the gradients of step t."""
        try:
            exact = self.arithmetic is EXACT
            run = run_backward(self.graph, self.output, at, wrt=self.parameters, exact=exact)
            ahead = dict(at)
            if self.method.rule.at:
                for p in self.parameters:
                    ahead[p.name] = self.method.place(
                        self.arithmetic, run.value[p.name], kept[p.name], t
                    )
            there = run if not self.method.rule.at else run_backward(
                self.graph, self.output, ahead, wrt=self.parameters, exact=exact
            )  # fmt: skip
        except NumericalError as error:
            raise NumericalError(
                f"after {t - 1} steps of {self.method.rule.title}: {error}"
            ) from None
        zero = self.arithmetic.number(0)
        return run, {
            p.name: there.gradient[p.name] if p.name in there.gradient else np.full(p.shape, zero)
            for p in self.parameters
        }
