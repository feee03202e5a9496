"""What the plots of descents have in common: the curves of a trace, and how much of it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from graphdiff.drawing.network.names import Name, indexed
from graphdiff.drawing.options import Options
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.plots.curves import Curve, Panel
from graphdiff.drawing.plots.paths import Land, Way, land
from graphdiff.drawing.plots.plot import Plot, alike
from graphdiff.drawing.plots.strokes import MOST
from graphdiff.drawing.stepwise.frames import Frames
from graphdiff.drawing.stepwise.played import CAPTION, played
from graphdiff.errors import DrawingError, GraphError, unknown
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.graph import Node
from graphdiff.learning.choices import is_whole
from graphdiff.learning.quantities import Objective, floats
from graphdiff.learning.states import State
from graphdiff.notation import latex, text
from graphdiff.workbench import Graph

MOST_FRAMES = 60
"""States that play, if nothing else is said."""

STEP = Name(r"\mathrm{step}", "step")


def name_of(name: str) -> Name:
    """Return a node's name as it is written."""
    return Name(latex.name(name), name)


def words(said: str) -> Name:
    """Return words, which are a name of no mathematics."""
    return Name("", said)


def of_objective(states: Sequence[State], name: Name) -> Curve:
    """Return what is minimised over the steps."""
    steps = np.array([state.step for state in states], np.float64)
    return Curve(name, steps, floats([state.objective for state in states]))


def of_parameters(states: Sequence[State], chosen: Sequence[Any]) -> Iterator[Curve]:
    """Yield a curve for each entry of some parameters.

    Raises
    ------
    UnknownNameError
        For a name that is no parameter that changes.
    DrawingError
        If they have more entries than curves can be told apart.
    """
    known = states[0].values
    chosen = [str(getattr(one, "name", one)) for one in chosen]
    for name in chosen:
        if name not in known:
            raise unknown("parameter", name, known)
    count = sum(np.size(known[name]) for name in chosen)
    if count > MOST:
        raise DrawingError(
            f"{', '.join(chosen)} have {count} entries; at most {MOST} curves are told apart, "
            "choose parameters with fewer"
        )
    steps = np.array([state.step for state in states], np.float64)
    for name in chosen:
        values = floats([state.values[name] for state in states])
        for entry in np.ndindex(values.shape[1:]):
            called = indexed(name, entry) if entry else name_of(name)
            yield Curve(called, steps, values[:, *entry])


def panel_of_parameters(states: Sequence[State], chosen: Sequence[Any]) -> Panel:
    """Return the panel of some parameters."""
    curves = tuple(of_parameters(states, chosen))
    title = curves[0].name if len(curves) == 1 else words("parameters")
    return Panel(STEP, title, curves, log=False)


def land_of(
    objective: Objective,
    descents: Mapping[str, Sequence[State]],
    chosen: Sequence[Any],
    spans: Any,
    options: Options,
) -> Land:
    """Return the heights over two parameters, with the paths of some descents.

    Raises
    ------
    GraphError
        If the parameters are not two numbers that change.
    """
    first, second = two_of(objective.vector.nodes, chosen)
    ways = [
        Way(
            name,
            np.column_stack([floats([s.values[p.name] for s in states]) for p in (first, second)]),
            floats([state.objective for state in states]),
        )
        for name, states in descents.items()
    ]
    return land(objective.graph, objective.output, (first, second), {}, ways, spans, options)


def two_of(parameters: Sequence[Node], chosen: Sequence[Any]) -> tuple[Node, Node]:
    """Return the two parameters that a plane is of: those chosen, or the only two.

    Raises
    ------
    GraphError
        If they are not two numbers.
    """
    known = {node.name: node for node in parameters}
    names = [getattr(one, "name", one) for one in chosen] or list(known)
    for name in names:
        if name not in known:
            raise unknown("parameter", str(name), known)
    found = [known[name] for name in names]
    if len(found) != 2 or found[0] is found[1] or any(node.shape for node in found):
        said = ", ".join(f"{node.name!r} of shape {node.shape}" for node in found)
        raise GraphError(
            f"paths are drawn over two parameters that are numbers; these are {said:.200}; name two"
        )
    return found[0], found[1]


def played_paths(of: Land, given: Any, options: Options) -> Frames:
    """Return the paths as they grow, step by step."""
    count = max(len(way.places) for way in of.ways)
    shown = steps_shown(count, MOST_FRAMES, given)
    captions = [f"step {step} of {count - 1}" for step in shown]
    scenes = alike([of.plot(step) for step in shown], options, 2 * CAPTION)
    return played(scenes, captions, options)


def played_states(
    objective: Objective, states: Sequence[State], draw: Callable[[Graph], Any], given: Any
) -> Frames:
    """Return what a function draws of the graph in each of some states."""
    pictures, captions = list[Picture](), list[str]()
    for step in steps_shown(len(states), MOST_FRAMES, given):
        picture = draw(objective.graph.with_values(dict(states[step].values)))
        if not isinstance(picture, Picture):
            raise GraphError(
                f"draw returned {picture!r:.60}; it takes the graph and returns a picture, such as "
                "lambda graph: graph.plot_decision()"
            )
        pictures.append(picture)
        value = text.number(float(FLOAT64.number(states[step].objective)), 4)
        captions.append(f"step {step}: {objective.output.name} = {value}")
    options = pictures[0].options
    plots = [picture for picture in pictures if isinstance(picture, Plot)]
    if len(plots) == len(pictures):
        return played(alike(plots, options, 2 * CAPTION), captions, options)
    whole = {"width": None, "aspect": None, "page": None, "size": None}
    drawn = (replace(one, options=replace(one.options, **whole)).scene for one in pictures)
    return played([*drawn], captions, options)


def steps_shown(count: int, most: int, given: Any = None) -> list[int]:
    """Return which of the states 0, …, count − 1 are shown: those given, or evenly spread ones.

    Raises
    ------
    GraphError
        For a step that was not made.
    """
    if given is None:
        return [round(k) for k in np.linspace(0, count - 1, min(count, most))]
    if is_whole(given):
        if given < 1:
            raise GraphError(f"steps is {given}; say after every how many, at least 1, or which")
        return sorted({*range(0, count, int(given)), count - 1})
    found: list[Any] = list(given) if isinstance(given, Iterable) else [given]
    for step in found:
        if not is_whole(step) or not 0 <= step < count:
            raise GraphError(f"step {step!r:.40} was not made; give steps from 0 to {count - 1}")
    if not found:
        raise GraphError("no steps are given; leave steps out to spread some evenly")
    return list(map(int, found))


def start_and_end(curves: Mapping[str, np.ndarray]) -> str:
    """Return a sentence of where numbers begin and end."""
    return "; ".join(
        f"{name} from {values[0]:.4g} to {values[-1]:.4g}" for name, values in curves.items()
    )
