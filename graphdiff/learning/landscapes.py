"""Landscapes on which methods of descent are tried: graphs of two parameters, x and y.

Each is one declaration: its formula, where descents begin, its minima, and what is hard about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from graphdiff.language.expression import operation
from graphdiff.workbench import Graph

Place = tuple[Any, Any]

exp = operation("exp")


@dataclass(frozen=True)
class Landscape:
    """A function f of x and y; called, it returns the graph that computes it.

    Attributes
    ----------
    title
        What the graph is called.
    formula
        f of x and y.
    start
        Where a descent begins if nothing else is said.
    minima
        All places of the least f.
    least
        f there.
    ranges
        What of x and y is worth seeing.
    about
        What is hard about it.
    """

    title: str
    formula: Callable[[Any, Any], Any]
    start: Place
    minima: tuple[Place, ...]
    least: Any
    ranges: tuple[tuple[float, float], tuple[float, float]]
    about: str

    def __call__(self, x: Any = None, y: Any = None) -> Graph:
        """Return the graph, with its parameters where a descent shall begin.

        Examples
        --------
        >>> graph = rosenbrock(x=0)
        >>> graph["f"].formula, graph.forward().value["f"]
        ('(1 - x)**2 + 100*(y - x**2)**2', 101.0)
        """
        graph = Graph(self.title)
        first = graph.parameter("x", self.start[0] if x is None else x)
        second = graph.parameter("y", self.start[1] if y is None else y)
        graph.node("f", self.formula(first, second))
        return graph

    def __repr__(self) -> str:
        return f"<{self.title}: f = {self()['f'].formula}, least {self.least} at {self.minima}>"


rosenbrock = Landscape(
    "Rosenbrock's valley",
    lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    start=(Fraction(-6, 5), 1),
    minima=((1, 1),),
    least=0,
    ranges=((-2.0, 2.0), (-1.0, 3.0)),
    about="a curved valley, steep across and almost level along (Rosenbrock 1960)",
)
saddle = Landscape(
    "A saddle between two minima",
    lambda x, y: x**2 / 2 + y**4 / 4 - y**2 / 2,
    start=(1, Fraction(1, 100)),
    minima=((0, 1), (0, -1)),
    least=Fraction(-1, 4),
    ranges=((-1.5, 1.5), (-1.6, 1.6)),
    about="at (0, 0) the slope is 0, but it is no minimum: down goes y (Nesterov 2004, 1.2.3)",
)
plateau = Landscape(
    "A hole in a plateau",
    lambda x, y: 1 - exp(-(x**2 + y**2) / 2),
    start=(Fraction(11, 5), Fraction(7, 5)),
    minima=((0, 0),),
    least=0,
    ranges=((-3.0, 3.0), (-3.0, 3.0)),
    about="far from the hole the slope is next to nothing",
)
ravine = Landscape(
    "A ravine",
    lambda x, y: (x**2 + 25 * y**2) / 2,
    start=(-4, Fraction(3, 5)),
    minima=((0, 0),),
    least=0,
    ranges=((-5.0, 2.0), (-1.2, 1.2)),
    about="25 times as steep across as along: steps that do not overshoot are too short",
)

LANDSCAPES: Mapping[str, Landscape] = MappingProxyType(
    {"rosenbrock": rosenbrock, "saddle": saddle, "plateau": plateau, "ravine": ravine}
)
"""The landscapes by their names."""
