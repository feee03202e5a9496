"""What the plots of descents have in common: the curves of a trace, and how much of it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphdiff.drawing.network.names import Name, indexed
from graphdiff.drawing.plots.curves import MOST, Curve, Panel
from graphdiff.errors import DrawingError, GraphError, unknown
from graphdiff.evaluation.number_systems import FLOAT64
from graphdiff.notation import latex

if TYPE_CHECKING:
    from graphdiff.learning.states import State

STEP = Name(r"\mathrm{step}", "step")


def name_of(name: str) -> Name:
    """Return a node's name as it is written."""
    return Name(latex.name(name), name)


def words(said: str) -> Name:
    """Return words, which are a name of no mathematics."""
    return Name("", said)


def floats(values: Sequence[Any]) -> np.ndarray:
    """Return numbers of any kind as an array."""
    return np.array([FLOAT64.number(value) for value in values], np.float64)


def of_objective(states: Sequence[State], name: Name) -> Curve:
    """Return what is minimised over the steps."""
    steps = np.array([state.step for state in states], np.float64)
    return Curve(name, steps, floats([state.objective for state in states]))


def of_parameters(states: Sequence[State], chosen: Sequence[str]) -> Iterator[Curve]:
    """Yield a curve for each entry of some parameters.

    Raises
    ------
    UnknownNameError
        For a name that is no parameter that changes.
    DrawingError
        If they have more entries than curves can be told apart.
    """
    known = states[0].values
    for name in chosen:
        if name not in known:
            raise unknown("parameter", str(name), known)
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


def panel_of_parameters(states: Sequence[State], chosen: Sequence[str]) -> Panel:
    """Return the panel of some parameters."""
    curves = tuple(of_parameters(states, chosen))
    title = curves[0].name if len(curves) == 1 else words("parameters")
    return Panel(STEP, title, curves, log=False)


def steps_shown(count: int, most: int, given: Any = None) -> list[int]:
    """Return which of the states 0, …, count − 1 are shown: those given, or evenly spread ones.

    Raises
    ------
    GraphError
        For a step that was not made.
    """
    if given is None:
        return [round(k) for k in np.linspace(0, count - 1, min(count, most))]
    found = list(given) if not isinstance(given, int) else list(range(0, count, max(1, given)))
    for step in found:
        if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step < count:
            raise GraphError(f"step {step!r:.40} was not made; give steps from 0 to {count - 1}")
    if not found:
        raise GraphError("no steps are given; leave steps out to spread some evenly")
    return found


def start_and_end(curves: Mapping[str, np.ndarray]) -> str:
    """Return a sentence of where numbers begin and end."""
    return "; ".join(
        f"{name} from {values[0]:.4g} to {values[-1]:.4g}" for name, values in curves.items()
    )
