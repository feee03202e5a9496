"""A race: several methods from one start on one graph, step by step beside each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.errors import GraphError, NumericalError, unknown
from graphdiff.learning.quantities import floats
from graphdiff.learning.states import counted
from graphdiff.learning.trace import Trace, check_steps, descent
from graphdiff.notation import text
from graphdiff.notation.display import Shown, Table
from graphdiff.optimisers.method import ASKED_FOR, Method
from graphdiff.optimisers.named import as_method
from graphdiff.optimisers.rule import RATE
from graphdiff.workbench import Graph

if TYPE_CHECKING:
    from graphdiff.drawing.plots.paths import Land
    from graphdiff.drawing.plots.plot import Plot
    from graphdiff.drawing.stepwise.frames import Frames


@dataclass(frozen=True, repr=False)
class Race(Shown, Mapping[str, Trace]):
    """The traces of several methods from one start, by what the methods are called.

    Made by :func:`graphdiff.learning.race`.

    Attributes
    ----------
    traces
        The traces; that of a method that diverged ends before.
    failed
        Why methods diverged, by what they are called.
    """

    traces: Mapping[str, Trace]
    failed: Mapping[str, str]

    def __getitem__(self, name: str) -> Trace:
        if name not in self.traces:
            raise unknown("method of the race", str(name), self.traces)
        return self.traces[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.traces)

    def __len__(self) -> int:
        return len(self.traces)

    @property
    def first(self) -> Trace:
        """Any of the traces, for what they have in common."""
        return next(iter(self.traces.values()))

    @property
    def is_uphill(self) -> bool:
        """Whether all methods go up."""
        return all(trace.method.is_uphill for trace in self.traces.values())

    @property
    def winner(self) -> str:
        """The method whose last objective is least, of those that did not diverge.

        Where all methods go up, it is the one whose last objective is largest.
        """
        finished = [name for name in self.traces if name not in self.failed] or [*self.traces]
        sign = -1 if self.is_uphill else 1
        return min(finished, key=lambda name: sign * float(self.traces[name][-1].objective))

    @property
    def _most(self) -> float | None:
        """The largest objective of interest: the start, and all of methods that do not rise.

        None where all are of interest, as where all methods rise.
        """
        curves = {name: floats([s.objective for s in of]) for name, of in self.traces.items()}
        if self.is_uphill:
            return None
        kept = [ys for name, ys in curves.items() if name not in self.failed and ys[-1] <= ys[0]]
        if not kept or len(kept) == len(curves):
            return None
        return max(float(ys.max()) for ys in kept)

    def table(self) -> Table:
        """Return where each method came to: its last objective, its least, and at which step."""
        output = self.first.objective.output.name

        def row(name: str) -> tuple[str, ...]:
            trace = self.traces[name]
            least = min(trace, key=lambda state: float(state.objective))
            numbers = (trace[-1].objective, least.objective)
            steps = f"{trace[-1].step}{', then diverged' if name in self.failed else ''}"
            return name, steps, *(text.number(x, 4) for x in numbers), str(least.step)

        columns = ("method", "steps", f"{output} at the end", f"least {output}", "at step")
        return Table.of(self.first.objective.graph.title, columns, [*self.traces], row)

    def shown(self) -> Iterator[Table | str]:
        """Yield the table, who comes first, and why methods diverged."""
        yield self.table()
        if len(self) > 1:
            yield f"first: {self.winner}"
        yield from (f"{name}: {why}" for name, why in self.failed.items())

    def plot(self, log: bool | None = None, **choices: Unpack[OptionKeywords]) -> Plot:
        """Draw what is minimised against the steps, a curve for each method.

        Parameters
        ----------
        log
            Whether the axis is logarithmic; left out, where the numbers are positive and span
            more than two powers of ten.
        **choices
            ``theme``, ``width`` and ``size`` of :meth:`graphdiff.Graph.draw`.

        Raises
        ------
        DrawingError
            For more than twelve methods, or if ``log`` is asked for numbers that are not positive.
        """
        from graphdiff.drawing.plots.curves import Panel, check_log, curves_plot
        from graphdiff.drawing.plots.plot import writing
        from graphdiff.learning import seeing

        check_log(log)
        output = self.first.objective.output.name
        curves = [
            seeing.of_objective(trace.states, seeing.words(name))
            for name, trace in self.traces.items()
        ]
        graph, options = self.first.objective.graph, Options(**choices)
        with writing(graph, options):
            name = seeing.name_of(output)
        panel = Panel(seeing.STEP, name, tuple(curves), log, self._most)
        told = {curve.name.plain: curve.ys for curve in curves}
        steps = max(len(trace) - 1 for trace in self.traces.values())
        alt = f"{output} over {counted(steps)}. {seeing.start_and_end(told)}."
        return curves_plot(graph, [panel], options, alt)

    def plot_paths(
        self,
        first: Any = None,
        second: Any = None,
        *,
        ranges: tuple[tuple[float, float], tuple[float, float]] | None = None,
        **choices: Unpack[OptionKeywords],
    ) -> Plot:
        """Draw the path of each method over lines of equal height, in the plane of two parameters.

        Parameters
        ----------
        first, second
            Two parameters that are numbers; left out where there are no others. All else is held
            where it was at the start.
        ranges
            What is drawn of both, ``((-1, 3), (0, 2))``; left out, what paths need that go no
            higher than their start.
        **choices
            ``theme``, ``width`` and ``size`` of :meth:`graphdiff.Graph.draw`.

        Raises
        ------
        GraphError
            If the parameters are not two numbers.
        DrawingError
            For more than twelve methods, or heights that are not finite.
        """
        return self._land(first, second, ranges, Options(**choices)).plot()

    def frames(
        self,
        first: Any = None,
        second: Any = None,
        *,
        ranges: tuple[tuple[float, float], tuple[float, float]] | None = None,
        steps: int | Sequence[int] | None = None,
        **choices: Unpack[OptionKeywords],
    ) -> Frames:
        """Draw the paths of :meth:`plot_paths` as they grow, as one picture that plays.

        Parameters
        ----------
        first, second, ranges
            As for :meth:`plot_paths`.
        steps
            After which steps, ``[0, 1, 2, 5, 10]``, or after every how many; left out, up to sixty
            evenly spread ones.
        **choices
            ``theme``, ``width`` and ``size`` of :meth:`graphdiff.Graph.draw`.

        Examples
        --------
        >>> import graphdiff as gd
        >>> ravine = gd.learning.landscapes.ravine()
        >>> race(ravine, ["sgd", "adam"], 10).frames().captions[-1]
        'step 10 of 10'
        """
        from graphdiff.learning import seeing

        options = Options(**choices)
        return seeing.played_paths(self._land(first, second, ranges, options), steps, options)

    def _land(self, first: Any, second: Any, ranges: Any, options: Options) -> Land:
        from graphdiff.learning import seeing

        chosen = [one for one in (first, second) if one is not None]
        descents = {name: trace.states for name, trace in self.traces.items()}
        return seeing.land_of(self.first.objective, descents, chosen, ranges, options)


def race(
    graph: Graph,
    methods: Method | str | Sequence[Method | str] | Mapping[str, Method | str],
    steps: int = 100,
    *,
    output: Any = None,
    wrt: Any = None,
    values: Mapping[Any, Any] | None = None,
    residuals: str | None = None,
) -> Race:
    """Minimise a graph by several methods from one start.

    Parameters
    ----------
    graph
        The graph; its parameters have values.
    methods
        A method or several, also by name, or a mapping from what they shall be called to them.
    steps
        How many steps each makes; one that leaves the finite numbers ends before.
    output, wrt, values, residuals
        As for :func:`graphdiff.learning.minimise`.

    Raises
    ------
    GraphError
        For no methods, and what ``minimise`` raises before a step.

    Examples
    --------
    >>> import graphdiff as gd
    >>> valley = gd.learning.landscapes.rosenbrock()
    >>> found = race(valley, [gd.learning.gradient_descent(0.001), gd.learning.newton()], steps=20)
    >>> found
    Rosenbrock's valley
    method                   steps  f at the end  least f  at step
    -----------------------  -----  ------------  -------  -------
    gradient_descent(0.001)  20     4.061         4.061    20
    newton(1)                20     0             0        8
    first: newton(1)
    """
    check_steps(steps)
    named = _named(methods)
    traces, failed = dict[str, Trace](), dict[str, str]()
    for name, method in named.items():
        objective, states = descent(graph, method, output, wrt, values, residuals=residuals)
        found = [next(states)]
        try:
            found += itertools.islice(states, steps)
        except NumericalError as error:
            failed[name] = str(error)
        traces[name] = Trace(objective, method, tuple(found))
    return Race(traces, failed)


def _named(methods: Any) -> dict[str, Method]:
    if isinstance(methods, str | Method):
        methods = [methods]
    given = list(methods.items() if isinstance(methods, Mapping) else ((None, m) for m in methods))
    if not given:
        raise GraphError("there are no methods; give some such as [gd.learning.adam(0.1)]")
    pairs = [(name, as_method(method)) for name, method in given]
    short = [called(method) for _, method in pairs]
    named = dict[str, Method]()
    for (name, method), said in zip(pairs, short, strict=True):
        own = said if short.count(said) == 1 else repr(method)
        key = own if name is None else str(name)
        if key in named:
            raise GraphError(f"{key} is in the race twice; leave one out")
        named[key] = method
    return named


def called(method: Method) -> str:
    """Return a method as it is called: its learning rate, and all that is not as usual.

    Examples
    --------
    >>> import graphdiff as gd
    >>> called(gd.learning.adam(0.1, beta_1=0.8)), called(gd.learning.newton(damping=2))
    ('adam(0.1, beta_1=0.8)', 'newton(damping=2)')
    """
    others = [
        f"{setting.name}={text.number(float(method.settings[setting.letter]))}"
        for setting in method.rule.settings
        if setting.letter != RATE
        and (setting in ASKED_FOR or method.settings[setting.letter] != setting.usual)
    ]
    others += ["ascent=True"] * method.is_uphill
    chosen = method.search or method.schedule
    (rate,) = (setting for setting in method.rule.settings if setting.letter == RATE)
    if chosen is not None:
        others.insert(0, chosen.name)
    elif method.settings[RATE] != rate.usual or not others:
        others.insert(0, text.number(float(method.settings[RATE])))
    return f"{repr(method).partition('(')[0]}({', '.join(others)})"
