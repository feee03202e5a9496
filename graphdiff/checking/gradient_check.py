"""Gradient checking: central differences against the backward sweep, entry by entry.

(f(θ + h) − f(θ − h))/2h is off the derivative by about h²f‴/6, the truncation, and by about ε|f|/h,
the rounding of f: the one falls with h, the other grows. Between them is the best h, near ∛ε.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.checking.conventions import is_kinked
from graphdiff.errors import GraphError
from graphdiff.evaluation.leaf_values import checked_values
from graphdiff.evaluation.run import run_backward, run_forward
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import text
from graphdiff.notation.display import Shown, Table

STEP = 1e-5
STEPS = tuple(10.0**-k for k in range(1, 13))
"""The h of which the errors are told."""

ENTRIES = 50
"""Entries of each parameter that are checked at most, drawn at random."""

TOLERANCE = 1e-5
"""How far a derivative may be off, as a part of it, beside truncation and rounding."""

EPSILON = float(np.finfo(float).eps)
NOISE = 50.0
"""So many ε of a value its rounding error may be."""

SMOOTH = (10.0, 25.0)
"""The second difference at h by that at h/4 is 16 where a function is smooth, 4 at a kink."""


@dataclass(frozen=True, repr=False)
class CheckedEntry:
    """One entry of a parameter.

    Attributes
    ----------
    name
        The entry: ``"w"``, ``"W[0, 1]"``.
    parameter
        The name of the parameter.
    backprop, difference
        ∂f/∂θ by the backward sweep, and the central difference.
    error
        How far they are apart, as a part of the larger.
    kinks
        The nodes that have a kink or a jump between θ − h and θ + h.
    is_right
        Whether they agree up to truncation and rounding; of an entry with kinks, whether
        the derivative is between the slopes to both sides. At a jump it is not judged.
    """

    name: str
    parameter: str
    backprop: float
    difference: float
    error: float
    kinks: tuple[str, ...]
    is_right: bool

    def __repr__(self) -> str:
        verdict = "right" if self.is_right else "wrong"
        return f"{self.name}: {self.backprop:g} by backprop, {self.difference:g}: {verdict}"


@dataclass(frozen=True, repr=False)
class GradientCheck(Shown):
    """Derivatives beside central differences.

    Made by :meth:`graphdiff.Graph.check_gradients`.

    Attributes
    ----------
    output, h
        The name of f, and the step.
    entries
        What was found of each entry.
    errors
        The largest error of an entry without kinks by h, for h from 0.1 to 1e-12.
    left_out
        How many entries were not checked.
    """

    output: str
    h: float
    entries: tuple[CheckedEntry, ...]
    errors: Mapping[float, float]
    left_out: int = 0

    @property
    def is_right(self) -> bool:
        """Whether every entry is right."""
        return all(entry.is_right for entry in self.entries)

    @property
    def worst(self) -> CheckedEntry:
        """The entry with the largest error; one that is wrong before those at kinks."""
        return max(self.entries, key=lambda entry: (not entry.is_right, entry.error))

    @property
    def verdict(self) -> str:
        """What was found, in words."""
        wrong = [entry for entry in self.entries if not entry.is_right]
        count = len(self.entries)
        said = f"all {count} derivatives are right" if count > 1 else "the derivative is right"
        if wrong:
            worst, count = self.worst, f"{len(wrong)} of {len(self.entries)} derivatives"
            said = (
                f"{count} {'is' if len(wrong) == 1 else 'are'} wrong; the worst is "
                f"d{self.output}/d{worst.name}: {text.number(worst.backprop, 6)}, but the "
                f"difference is {text.number(worst.difference, 6)}"
            )
        kinked = [entry for entry in self.entries if entry.kinks]
        if kinked:
            nodes = dict.fromkeys(name for entry in kinked for name in entry.kinks)
            said += (
                f"; within h of a kink of {', '.join(nodes)}, where differences say nothing: "
                f"{', '.join(entry.name for entry in kinked[:5])}{', …' * (len(kinked) > 5)}"
            )
        return f"{said}; {self.left_out} entries were left out" if self.left_out else said

    def table(self) -> Table:
        """Return the worst entry of each parameter."""
        worst = dict[str, CheckedEntry]()
        for entry in self.entries:
            best = worst.get(entry.parameter)
            if best is None or (not entry.is_right, entry.error) > (not best.is_right, best.error):
                worst[entry.parameter] = entry

        def row(entry: CheckedEntry) -> tuple[str, ...]:
            found = "right" if entry.is_right else "wrong"
            if entry.kinks:
                found = f"kink of {', '.join(entry.kinks)}"
            numbers = (text.number(x, 8) for x in (entry.backprop, entry.difference))
            return (entry.name, *numbers, f"{entry.error:.1e}", found)

        columns = ("worst entry", "backprop", "difference", "error", "")
        title = f"d{self.output} by backpropagation and by central differences, h = {self.h:g}"
        return Table.of(title, columns, list(worst.values()), row)

    def error_table(self) -> Table:
        """Return the largest error by h: it falls with the truncation, and grows by rounding."""
        return Table.of("", ("h", "error"), list(self.errors.items()),
                        lambda item: (f"{item[0]:.0e}", f"{item[1]:.1e}"))  # fmt: skip

    def shown(self) -> Iterator[Table | str]:
        """Yield the worst entries, what was found, and the errors by h."""
        yield self.table()
        yield self.verdict
        yield self.error_table()


def check_gradients(
    graph: ComputationalGraph,
    output: Node,
    wrt: Sequence[Node],
    values: Mapping[str, Any],
    h: float = STEP,
    seed: int = 0,
) -> GradientCheck:
    """Compare the derivatives of a number in some leaves with central differences.

    Raises
    ------
    GraphError
        For an output of several entries, a node that is no leaf, an h that is no step.
    """
    if output.is_leaf or output.size != 1:
        what = "a leaf" if output.is_leaf else f"of shape {output.shape}"
        raise GraphError(f"{output.name!r} is {what}; gradients are of a computed node, one number")
    if isinstance(h, bool) or not isinstance(h, int | float) or not 0 < h <= 1:
        raise GraphError(f"h is {h!r:.40}; give a step above 0, at most 1, such as {STEP:g}")
    at = checked_values(graph, values)
    for leaf in wrt:
        if not leaf.is_leaf:
            raise GraphError(f"{leaf.name!r} is computed; name parameters or inputs")
        if np.shape(at[leaf.name]) != leaf.shape:
            raise GraphError(f"{leaf.name!r} has samples; gradients are checked at one value")
    run = run_backward(graph, output, at, wrt=list(wrt))
    rng = np.random.default_rng(seed)
    needed = {*graph.ancestors(output), output.name}
    kinked = [
        node.name for node in graph.nodes
        if node.name in needed and node.function is not None and is_kinked(node.function)
    ]  # fmt: skip
    entries, errors, left_out = list[CheckedEntry](), dict.fromkeys(STEPS, 0.0), 0
    for leaf in wrt:
        chosen = range(leaf.size)
        if leaf.size > ENTRIES:
            chosen = sorted(rng.choice(leaf.size, ENTRIES, replace=False).tolist())
        left_out += leaf.size - len(chosen)
        slopes = np.ravel(run.gradient[leaf.name]) if leaf.name in run.gradient else None
        for k in chosen:
            along = _Along(graph, output, leaf, k, at, kinked)
            slope = 0.0 if slopes is None else float(slopes[k])
            found = along.entry(slope, h)
            entries.append(found)
            if not found.kinks:
                for step, apart in along.errors(slope).items():
                    errors[step] = max(errors[step], apart)
    return GradientCheck(output.name, h, tuple(entries), errors, left_out)


@dataclass(frozen=True)
class _Along:
    """A graph as a function of one entry of a leaf."""

    graph: ComputationalGraph
    output: Node
    leaf: Node
    entry_: int
    at: Mapping[str, Any]
    kinked: Sequence[str]

    @property
    def name(self) -> str:
        where = np.unravel_index(self.entry_, self.leaf.shape) if self.leaf.shape else ()
        return f"{self.leaf.name}{[int(k) for k in where] if where else ''}"

    def _moved(self, steps: Sequence[float]) -> tuple[list[dict[str, np.ndarray]], np.ndarray]:
        """Return f and all nodes with kinks at θ + each step, and how far these are from θ."""
        start = np.asarray(self.at[self.leaf.name], float)
        runs, places = list[dict[str, np.ndarray]](), list[float]()
        for step in steps:
            moved = np.array(start)
            moved.reshape(-1)[self.entry_] += step
            places.append(float(moved.reshape(-1)[self.entry_] - start.reshape(-1)[self.entry_]))
            value = moved if self.leaf.shape else moved.item()
            run = run_forward(self.graph, {**self.at, self.leaf.name: value})
            names = (self.output.name, *self.kinked)
            runs.append({name: np.asarray(run.value[name], float) for name in names})
        return runs, np.array(places)

    def entry(self, slope: float, h: float) -> CheckedEntry:
        runs, at = self._moved([-2 * h, -h, -h / 4, 0, h / 4, h, 2 * h])
        if at[1] == 0 or at[5] == 0:
            raise GraphError(f"h is {h:g}, too small to change {self.name}; give a larger one")
        f = np.array([run[self.output.name].item() for run in runs])
        difference = (f[5] - f[1]) / (at[5] - at[1])
        twice = (f[6] - f[0]) / (at[6] - at[0])
        rounding = NOISE * EPSILON * np.max(abs(f)) / h
        kinks = tuple(n for n in self.kinked if _has_kink(*(run[n] for run in runs[1:6])))
        sides = (f[5] - f[3]) / at[5], (f[3] - f[1]) / -at[1]
        off = rounding + TOLERANCE * max(abs(slope), abs(difference))
        if any(_jumps(*(runs[k][name] for k in (1, 2, 4, 5))) for name in kinks):
            is_right = True  # no slope is known there
        elif kinks:
            is_right = min(sides) - off <= slope <= max(sides) + off
        else:
            is_right = abs(slope - difference) <= off + abs(twice - difference)
        return CheckedEntry(
            self.name, self.leaf.name, slope, float(difference), _apart(slope, difference),
            kinks, bool(is_right),
        )  # fmt: skip

    def errors(self, slope: float) -> dict[float, float]:
        steps = [sign * h for h in STEPS for sign in (1, -1)]
        runs, at = self._moved(steps)
        f = np.array([run[self.output.name].item() for run in runs])
        with np.errstate(all="ignore"):
            found = (f[::2] - f[1::2]) / (at[::2] - at[1::2])
        return {h: _apart(slope, x) for h, x in zip(STEPS, found, strict=True) if np.isfinite(x)}


def _apart(slope: float, difference: float) -> float:
    most = max(abs(slope), abs(difference))
    return float(abs(slope - difference) / most) if most else 0.0


def _has_kink(far: Any, near: Any, here: Any, ahead: Any, beyond: Any) -> bool:
    """Whether second differences do not fall as those of a smooth function, for any entry."""
    wide, narrow = abs(far - 2 * here + beyond), abs(near - 2 * here + ahead)
    noise = NOISE * EPSILON * np.maximum(abs(far), abs(beyond))
    low, high = SMOOTH
    is_smooth = (wide >= low * narrow - noise) & (wide <= high * narrow + high * noise)
    is_odd = _jumps(far, near, ahead, beyond)
    return is_odd or bool(np.any((wide > noise) & ~is_smooth))


def _jumps(far: Any, near: Any, ahead: Any, beyond: Any) -> bool:
    """Whether differences do not fall with h: they are a quarter at h/4, but of a jump at θ."""
    wide, narrow = abs(beyond - far), abs(ahead - near)
    noise = NOISE * EPSILON * np.maximum(abs(far), abs(beyond))
    return bool(np.any((wide > noise) & (wide < 2 * narrow)))
