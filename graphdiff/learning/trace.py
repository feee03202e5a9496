"""A descent step by step: what every parameter and every state is after each of a few steps."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from graphdiff.checking import Report
from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.errors import GraphError
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.leaf_values import checked_values
from graphdiff.learning.choices import is_whole
from graphdiff.learning.quantities import Objective
from graphdiff.learning.states import ALL, State, counted, states_of
from graphdiff.notation import latex, text
from graphdiff.notation.display import Shown, Table
from graphdiff.notation.equations import Line, Link, chain
from graphdiff.optimisers.changing import changing
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.named import as_method
from graphdiff.optimisers.rule import GRADIENT, RATE, THETA
from graphdiff.optimisers.writing import written
from graphdiff.program.packing import Packing
from graphdiff.workbench import Graph

if TYPE_CHECKING:
    from graphdiff.drawing.picture import Picture
    from graphdiff.drawing.plots.plot import Plot
    from graphdiff.drawing.stepwise.frames import Frames

MOST_STEPS = 10_000
"""Steps of one trace; a training has more, and keeps less of each."""


@dataclass(frozen=True, repr=False)
class Trace(Shown, Sequence[State]):
    """The states of a descent, from the start on.

    Made by :func:`graphdiff.learning.minimise`. It is a sequence: ``trace[0]`` is the start,
    ``trace[-1]`` the last state.

    Attributes
    ----------
    objective
        What is minimised: a graph with the values it began with, its output, what changes.
    method
        The method.
    states
        The states.
    """

    objective: Objective
    method: Method
    states: tuple[State, ...]

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
        return self.objective.graph.with_values(dict(self.states[-1].values))

    def table(self) -> Table:
        """Return the states as a table, a row a step."""
        state = tuple(dict.fromkeys(name for found in self.states for name in found.state))
        output = self.objective.output.name
        slopes = (f"d{output}/d{name}" for name in self.parameters)
        columns = ("step", output, *self.parameters, *slopes, *state)

        def row(found: State) -> tuple[str, ...]:
            numbers = [found.objective, *found.values.values()]
            numbers += [found.gradient[name] for name in self.parameters]
            cells = [text.value(x, np.shape(x)) for x in numbers]
            kept = found.state  # in which pairs are only after their steps
            cells += [text.value(kept[s], np.shape(kept[s])) if s in kept else "" for s in state]
            return str(found.step), *cells

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

    def check(self, claims: Any, **options: Any) -> Report:
        """Verify results computed by hand: ``{"w@1": 0.31, "m_w@2": 0.14}``.

        Parameters
        ----------
        claims
            By target, as for :meth:`graphdiff.Graph.check`; ``@2`` says after how many steps.
        **options
            Its other arguments, such as ``tolerance``.
        """
        of = self.objective
        return of.graph.check(
            claims, output=of.output, method=self.method, residuals=of.residuals,
            wrt=self.parameters, **options,
        )  # fmt: skip

    def plot(
        self, *parameters: Any, log: bool | None = None, **choices: Unpack[OptionKeywords]
    ) -> Plot:
        """Draw what is minimised against the steps, and below it some of the parameters.

        Parameters
        ----------
        *parameters
            Parameters, by name, each of whose entries has a curve.
        log
            Whether the objective has a logarithmic axis; left out, where it is positive and spans
            more than two powers of ten.
        **choices
            ``theme``, ``width`` and ``size`` of :meth:`graphdiff.Graph.draw`.

        Raises
        ------
        UnknownNameError
            For a name that is no parameter that changes.
        DrawingError
            If there are more than twelve curves, or ``log`` is asked for numbers that are not
            positive.

        Examples
        --------
        >>> import graphdiff as gd
        >>> g = gd.Graph()
        >>> L = g.node("L", g.parameter("w", 5) ** 2)
        >>> trace = minimise(g, gd.learning.gradient_descent(0.1), steps=10)
        >>> print(trace.plot("w").alt)
        Gradient descent, 10 steps. L from 25 to 0.2882; w from 5 to 0.5369.
        """
        from graphdiff.drawing.plots.curves import Panel, check_log, curves_plot
        from graphdiff.drawing.plots.plot import writing
        from graphdiff.learning import seeing

        check_log(log)
        options = Options(**choices)
        with writing(self.objective.graph, options):
            name = seeing.name_of(self.objective.output.name)
            curves = (seeing.of_objective(self.states, name),)
            panels = [Panel(seeing.STEP, name, curves, log)]
            if parameters:
                panels.append(seeing.panel_of_parameters(self.states, parameters))
        told = {curve.name.plain: curve.ys for panel in panels for curve in panel.curves}
        alt = f"{self.method.rule.title}, {counted(len(self) - 1)}. {seeing.start_and_end(told)}."
        return curves_plot(self.objective.graph, panels, options, alt)

    def plot_path(
        self,
        first: Any = None,
        second: Any = None,
        *,
        ranges: tuple[tuple[float, float], tuple[float, float]] | None = None,
        **choices: Unpack[OptionKeywords],
    ) -> Plot:
        """Draw the path over lines of equal height, in the plane of two parameters.

        Parameters
        ----------
        first, second
            Two parameters that are numbers; left out where there are no others. All else is held
            where it was at the start.
        ranges
            What is drawn of both, ``((-1, 3), (0, 2))``; left out, what the path needs.
        **choices
            ``theme``, ``width`` and ``size`` of :meth:`graphdiff.Graph.draw`.

        Raises
        ------
        GraphError
            If the parameters are not two numbers.

        Examples
        --------
        >>> import graphdiff as gd
        >>> ravine = gd.learning.landscapes.ravine()
        >>> trace = minimise(ravine, gd.learning.gradient_descent(0.05), steps=3)
        >>> print(trace.plot_path().alt.split(". ")[1])
        Gradient descent is after 3 steps at (-3.429, -0.009375), where f is 5.882.
        """
        from graphdiff.learning import seeing

        chosen = [one for one in (first, second) if one is not None]
        descents = {self.method.rule.title: self.states}
        return seeing.land_of(self.objective, descents, chosen, ranges, Options(**choices)).plot()

    def frames(
        self, draw: Callable[[Graph], Picture], *, steps: int | Sequence[int] | None = None
    ) -> Frames:
        """Draw the graph in each state, as one picture that plays.

        Parameters
        ----------
        draw
            Draws the graph with the values of a state: ``lambda graph: graph.plot_decision()``, or
            ``lambda graph: graph.draw(style="network")``.
        steps
            After which steps, ``[0, 1, 2, 5, 10]``, or after every how many; left out, up to sixty
            evenly spread ones.

        Returns
        -------
        Frames
            It plays in a notebook; ``.save("learning.svg")``, ``.gif``, ``.webp`` write it.

        Raises
        ------
        GraphError
            For a step that was not made, or if what is drawn is no picture.

        Examples
        --------
        >>> import graphdiff as gd
        >>> net = gd.models.mlp([2, 1], output="sigmoid", loss="binary_cross_entropy",
        ...                     x=[[0, 0], [0, 1], [1, 1]], y=[[0], [1], [1]], seed=1)
        >>> trace = minimise(net, gd.learning.adam(0.2), steps=10)
        >>> found = trace.frames(lambda graph: graph.plot_decision(), steps=[0, 5, 10])
        >>> found.captions
        ('step 0: E = 0.3931', 'step 5: E = 0.2192', 'step 10: E = 0.1327')
        """
        from graphdiff.learning import seeing

        return seeing.played_states(self.objective, self.states, draw, steps)

    def _steps(self, digits: int) -> Iterator[tuple[int, list[tuple[Link, Line]]]]:
        """Yield the number of each step, and its lines: what is assigned, and the chain."""
        for before, after in itertools.pairwise(self.states):
            rows = (row for name in self._owners for row in self._rows(name, before, after, digits))
            yield after.step, [(left, chain(*links)) for left, links in rows]

    @property
    def _owners(self) -> tuple[str, ...]:
        return (ALL,) if self.method.rule.is_of_all else self.parameters

    def _rows(
        self, name: str, before: State, after: State, digits: int
    ) -> list[tuple[Link, tuple[Link, ...]]]:
        of, rule = self.objective, self.method.rule
        behind = f"_{name}" if name else ""
        values = self.method.numbers(of.arithmetic, after.step) | {RATE: after.rate}
        values |= {s: before.state[s + behind] for s in rule.kept if s + behind in before.state}
        values |= {
            letter: held[name] if name else of.packed(held)
            for letter, held in ((THETA, before.values), (GRADIENT, before.gradient))
        }
        sizes = of.graph[name].shape if name else of.sizes
        return written(rule, name, of.output.name, values, after.found[name], sizes, digits)


def minimise(
    graph: Graph,
    method: Method | str,
    steps: int = 1,
    *,
    output: Any = None,
    wrt: Any = None,
    values: Mapping[Any, Any] | None = None,
    exact: bool = False,
    residuals: str | None = None,
) -> Trace:
    """Make some steps of a method from where a graph is, and keep all of each.

    Parameters
    ----------
    graph
        The graph; its parameters have values.
    method
        Such as ``adam(0.1)``, or its name, ``"adam"``, with the usual settings.
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
    residuals
        The node r that the objective is a sum or mean of squares of, for Gauss–Newton and
        Levenberg–Marquardt.

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
    method = as_method(method)
    check_steps(steps)
    method = method.lasting(steps)
    objective, states = descent(graph, method, output, wrt, values, exact, residuals)
    return Trace(objective, method, tuple(itertools.islice(states, steps + 1)))


def check_steps(steps: object) -> None:
    """Raise unless it is a number of steps that a trace may have."""
    if not is_whole(steps) or not 0 <= steps <= MOST_STEPS:
        raise GraphError(f"steps is {steps!r:.40}; give a whole number, from 0 to {MOST_STEPS}")


def descent(
    graph: Graph,
    method: Method,
    output: Any,
    wrt: Any,
    values: Mapping[Any, Any] | None,
    exact: bool = False,
    residuals: str | None = None,
) -> tuple[Objective, Iterator[State]]:
    """Return what is minimised, and the states from the start on; the arguments of minimise."""
    target = graph.output if output is None else graph[output]
    if target.size != 1:
        raise GraphError(
            f"{target.name!r} has {target.size} entries; a descent goes down the gradient of one "
            "number, such as a mean of them"
        )
    parameters = changing(graph, wrt)
    given = {graph[key].name: value for key, value in (values or {}).items()}
    at = checked_values(graph, given)
    graph = graph.with_values(given) if given else graph
    target, parameters = graph[target.name], tuple(graph[p.name] for p in parameters)
    objective = Objective(
        graph, target, Packing(parameters), EXACT if exact else FLOAT64, residuals
    )
    return objective, states_of(objective, method, at)
