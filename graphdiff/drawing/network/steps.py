"""A network step by step: its values layer by layer forward, its gradients backward.

Everything has one place. Values are seen from their layer's step on; in the backward steps the
edges into a layer are drawn by ∂E/∂w, in the places of the weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graphdiff.drawing.layout.sheet import NETWORK, Surroundings
from graphdiff.drawing.network import mlp
from graphdiff.drawing.network.alt import told
from graphdiff.drawing.network.elision import excerpt, heading
from graphdiff.drawing.network.figure import Figure, figure, recoloured
from graphdiff.drawing.network.legend import notations, remarks, samples
from graphdiff.drawing.network.names import Name, equal
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Group, Item, Scene
from graphdiff.drawing.sheet_scene import Figure as Drawn
from graphdiff.drawing.sheet_scene import on_sheet
from graphdiff.drawing.stepwise.captions import Caption
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.notation import latex
from graphdiff.notation.equations import Link
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers

Sweep = Literal["given", "forward", "backward"]

_LAYER = re.compile(r"(edges|weights|gradients|biases|values|deltas) layer-(\d+)")
_LEARNED = ("edges", "weights", "gradients", "biases")


@dataclass(frozen=True)
class NetworkStep:
    """One step: the column whose values or gradients are found, or None for the loss."""

    sweep: Sweep
    column: int | None
    caption: Caption


def network_steps(
    graph: ComputationalGraph, run: Run, options: Options
) -> tuple[Scene, tuple[NetworkStep, ...]]:
    """Return the picture of all steps, of which ``scene.at(k)`` is one, and the steps.

    Raises
    ------
    DrawingError
        If the graph is no network of neurons, or edges are asked for that no step shows.
    """
    network = read(graph)
    numbers = Numbers(network, graph, run, options.sample)
    drawn = excerpt(network)
    if options.edges != "weight" or options.rate is not None:
        given = "edges" if options.rate is None else "rate"
        raise DrawingError(
            f"{given}={getattr(options, given)!r}: the steps of a network show its weights, and on "
            f"the way back ∂E/∂w in their place; leave {given} out, or draw the network whole"
        )
    goes_back = run.output is not None
    found = figure(drawn, numbers, options, also="gradient" if goes_back else None)
    taken = tuple(_steps(found, run))
    items = [_staged(item, taken, by_gradient=False) for item in mlp.items(found, graph)]
    theme, last = options.theme, len(taken)
    said = list(samples(drawn, found.scale, options, (0, _first(taken, "backward", 1))))
    back = None
    if goes_back:
        by_gradient = recoloured(found, "gradient")
        begin = next(k for k, step in enumerate(taken) if step.sweep == "backward")
        back = begin, last
        staged = [_staged(item, taken, by_gradient=True) for item in mlp.items(by_gradient, graph)]
        items[:0] = [item for item in staged if _is_learned(item)]
        said += samples(drawn, by_gradient.scale, options, back)
    said += notations(drawn, numbers, options, back)
    said += remarks(drawn, found.scale, options, options)
    said.sort(key=lambda entry: entry.steps is not None)  # so that no gap is between two
    around = Surroundings(NETWORK, network.title, tuple(said))
    scene = on_sheet(Drawn.of("network", items), around, told(drawn, numbers, options), theme)
    return scene, taken


def _is_learned(item: Item) -> bool:
    found = _LAYER.fullmatch(item.kind) if isinstance(item, Group) else None
    return found is not None and found[1] in _LEARNED


def _steps(found: Figure, run: Run) -> Iterator[NetworkStep]:
    columns = [shown for shown in found.excerpt.columns if shown.column is not None]
    loss, digits = found.excerpt.network.loss, found.options.digits
    yield NetworkStep("given", 0, _caption("Given", r"\text{the inputs}", "the inputs"))
    for shown in columns[1:]:
        kind, size, *names = heading(found.excerpt, shown)
        of = f"{kind}, {size}: {', '.join(names)} of"
        yield NetworkStep(
            "forward",
            shown.number,
            _caption(
                "Forward",
                rf"\text{{{_letters(of)} }} \sum_{{k}} w_{{j k}}\, a_{{k}} + b_{{j}}",
                f"{of} Σ w_jk a_k + b_j",
            ),
        )
    if loss is not None:
        name = Name(latex.name(loss.output), loss.output)
        said = equal(name, run.value[loss.output], digits)
        yield NetworkStep("forward", None, _caption("Forward", said.latex, said.plain))
    if run.output is None:
        return
    E = latex.name(run.output)
    for shown in columns[:0:-1]:
        kind = heading(found.excerpt, shown)[0]
        slope = (
            rf"\partial {E} / \partial w_{{j k}} = \partial {E} / \partial z_{{j}} \cdot a_{{k}}"
        )
        plain = f"∂{run.output}/∂w_jk = ∂{run.output}/∂z_j · a_k"
        yield NetworkStep(
            "backward",
            shown.number,
            _caption("Backward", rf"\text{{{_letters(kind)}: }} {slope}", f"{kind}: {plain}"),
        )


def _caption(heading: str, formula: str, plain: str) -> Caption:
    return Caption(heading, ((Link(plain, formula),),))


def _letters(words: str) -> str:
    """Return words for the inside of a formula's text: signs that are commands are left out."""
    return "".join(c for c in words if c.isalnum() or c in " ,.:=≥>≤<−-()/")


def _staged(item: Item, taken: Sequence[NetworkStep], *, by_gradient: bool) -> Item:
    """Return a part of the figure with the steps it is seen in."""
    if not isinstance(item, Group):
        return item
    last = len(taken)
    if item.kind in ("loss", "edges loss"):
        return replace(item, steps=(_first(taken, "forward", None), last))
    layer = _LAYER.fullmatch(item.kind)
    if layer is None:
        return item
    column = int(layer[2])
    if layer[1] == "values":
        return replace(item, steps=(_first(taken, "forward", column), last)) if column else item
    back = _first(taken, "backward", column)
    if layer[1] == "deltas":
        return replace(item, steps=(back, last))
    return replace(item, steps=(back, last) if by_gradient else (0, back))


def _first(taken: Sequence[NetworkStep], sweep: Sweep, column: int | None) -> int:
    """Return the step in which something is found; beyond the last if it is not."""
    steps = enumerate(taken)
    found = (k for k, step in steps if (step.sweep, step.column) == (sweep, column))
    return next(found, len(taken))
