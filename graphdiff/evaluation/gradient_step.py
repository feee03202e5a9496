"""One step of gradient descent, written out: θ ← θ − η ∇J."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.evaluation.exact import reduced
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import quantity
from graphdiff.notation import equations, latex, text
from graphdiff.notation.arrays import is_small
from graphdiff.notation.display import Shown, Table
from graphdiff.notation.equations import Line, Link, chain, factor, product

G = TypeVar("G", bound=ComputationalGraph)


class LearningRateWarning(UserWarning):
    """A learning rate outside 0 < η < 1."""


@dataclass(frozen=True, repr=False)
class Update:
    """What a step does to one parameter: ``after = before − η gradient``.

    Attributes
    ----------
    name, shape
        The parameter's.
    before, gradient, after
        Its value, the derivative of the output in it, and its new value, all of its shape.
    """

    name: str
    shape: tuple[int, ...]
    before: Any
    gradient: Any
    after: Any

    def __repr__(self) -> str:
        return " | ".join(self.row)

    @property
    def row(self) -> tuple[str, ...]:
        """The name and the three numbers as text."""
        numbers = (self.before, self.gradient, self.after)
        return self.name, *(text.value(found, self.shape) for found in numbers)


@dataclass(frozen=True, repr=False)
class DescentStep(Shown, Generic[G]):
    r"""One step of gradient descent, θ ← θ − η ∇J(θ).

    Attributes
    ----------
    graph
        The graph with the new values; all else in it is as it was.
    output
        The name of J.
    learning_rate
        η.
    updates
        What became of each parameter, in order.
    disconnected
        The parameters J does not depend on, which stay as they are.
    """

    graph: G
    output: str
    learning_rate: Any
    updates: tuple[Update, ...]
    disconnected: tuple[str, ...] = ()

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The new values by name."""
        return {update.name: update.after for update in self.updates}

    def shown(self) -> Iterator[Table | str]:
        """Yield what became of each parameter."""
        columns = ("parameter", "before", f"d{self.output}/d·", "after")
        title = f"theta <- theta - {text.number(self.learning_rate)}*d{self.output}/dtheta"
        yield Table.of(title, columns, self.updates, lambda update: update.row)
        for name in self.disconnected:
            yield f"{name} stays: {self.output} does not depend on it"

    def text(self, digits: int = 6) -> str:
        """Return the updates in plain text, a line for each parameter."""
        return "\n".join(self._rows(digits))

    def __str__(self) -> str:
        return self.text()

    def latex(self, digits: int = 6) -> str:
        r"""Return the updates as an ``aligned`` of equations, for ``amsmath``."""
        rows = [r"\theta &\leftarrow \theta - \eta \, \nabla_{\theta} " + latex.name(self.output)]
        for update in self.updates:
            name = latex.name(update.name)
            if is_small(update.shape):
                rows.append(rf"{name} &\leftarrow {self._written(update, digits).latex}")
            else:
                rate = factor(equations.value(self.learning_rate, digits=digits)).latex
                after = latex.value(update.after, update.shape, digits)
                rows.append(
                    rf"{name} &\leftarrow {name} - {rate} \, "
                    rf"\partial {latex.name(self.output)} / \partial {name} :\; {after}"
                )
        body = " \\\\\n".join(latex.ascii_only(row) for row in rows)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _rows(self, digits: int) -> Iterator[str]:
        eta, rate = Link("eta", r"\eta"), equations.value(self.learning_rate, digits=digits)
        yield f"theta <- theta - eta * d{self.output}/dtheta, {chain(eta, rate).text}"
        for update in self.updates:
            name = update.name
            named = f"{name} - {factor(rate).text}*d{self.output}/d{name}"
            if not is_small(update.shape):
                named += f": {text.value(update.after, update.shape, digits)}"
            elif len(update.shape) < 2:
                named = self._written(update, digits).text
            else:
                named = chain(Link(named, ""), _entries(update.after, update.shape, digits)).text
            yield f"{name} <- {named}"
        for name in self.disconnected:
            yield f"{name} stays: {self.output} does not depend on it"

    def _written(self, update: Update, digits: int) -> Line:
        """Return before − η · gradient = after."""
        before, gradient, after = (
            _entries(found, update.shape, digits)
            for found in (update.before, update.gradient, update.after)
        )
        rate = equations.value(self.learning_rate, digits=digits)
        change = product([rate, gradient])
        difference = Link(
            f"{before.text} - {change.text}",
            f"{before.latex} - {change.latex}",
            before.rounded or change.rounded,
        )
        return chain(difference, after)


def step(run: Run, learning_rate: Any, into: G) -> DescentStep[G]:
    """Return one step of gradient descent from where a reverse sweep was made.

    Parameters
    ----------
    run
        The reverse sweep, of a scalar output, at one point.
    learning_rate
        η, a positive number; outside (0, 1) it warns.
    into
        An empty graph, for the nodes with their new values.

    Raises
    ------
    GraphError
        For a run that is forward only, of samples, or of an output that is no scalar; a graph
        without parameters; a learning rate that is not a positive number.
    """
    graph, output = run.graph, _checked_output(run)
    rate = _checked_rate(learning_rate, exact=run.exact)
    updates, still = [], []
    for node in graph.parameters:
        if node.name in run.disconnected:
            still.append(node.name)
        elif node.name in run.gradient:
            updates.append(_update(node, run, rate))
    if not updates and not still:
        raise GraphError("the graph has no parameters to update; add some with graph.parameter")
    values = {leaf.name: run.value[leaf.name] for leaf in graph.leaves}
    values |= {update.name: update.after for update in updates}
    with_values(graph, values, into)
    return DescentStep(into, output.name, rate, tuple(updates), tuple(still))


def _update(node: Node, run: Run, rate: Any) -> Update:
    before, gradient = run.value[node.name], run.gradient[node.name]
    if np.shape(before) != node.shape or np.shape(gradient) != node.shape:
        raise GraphError(
            f"{node.name!r} was given samples in this run, and a step is made from one point; "
            "sweep one sample, or a batch as an axis of the nodes"
        )
    after = before - rate * gradient
    if isinstance(after, np.ndarray):
        after.setflags(write=False)
    elif run.exact:
        after = reduced(after)
    return Update(node.name, node.shape, before, gradient, after)


def _checked_output(run: Run) -> Node:
    if run.output is None:
        raise GraphError("the run is a forward sweep, without gradients; give one of backward()")
    output = run.graph[run.output]
    if output.size != 1:
        raise GraphError(
            f"the run is of {output.name!r}, which has {output.size} entries; a step goes down "
            "the gradient of one number"
        )
    return output


def _checked_rate(rate: Any, *, exact: bool) -> Any:
    number = quantity.exact(rate, "the learning rate")
    if not number > 0:
        raise GraphError(f"the learning rate is {rate!r}; give a positive number, such as 0.1")
    if not number < 1:
        warnings.warn(
            f"the learning rate is {rate}, and 0 < eta < 1 is usual; the step may go too far",
            LearningRateWarning,
            stacklevel=4,
        )
    return number if exact else float(number)


def _entries(found: Any, shape: tuple[int, ...], digits: int) -> Link:
    """Return a value whose entries are all written, in LaTeX also where the text has no room."""
    numbers = [equations.value(entry, digits=digits) for entry in np.ravel(found)]
    rounded = any(number.rounded for number in numbers)
    return equations.value(found, shape, digits)._replace(rounded=rounded)


# The same graph with other values


def with_values(graph: ComputationalGraph, values: Mapping[str, Any], into: G) -> G:
    """Add the nodes of a graph to an empty one, leaves with other values where given."""
    for node in graph.nodes:
        into.adopt(node, values.get(node.name) if node.is_leaf else None)
    for name, members in graph.groups.items():
        into.group(name, [node.name for node in members])
    return into
