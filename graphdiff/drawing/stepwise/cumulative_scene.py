"""The picture of all steps of the two sweeps, of which each frame shows a part.

The graph is laid out once, as the whole picture is. Values, P and numbers of local Jacobians are
seen from their step on; the arrows and the node at work are marked, and a caption says the
equation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graphdiff.drawing.arrows import against, arrow
from graphdiff.drawing.circuit.circuit import circuit
from graphdiff.drawing.extents import areas, united
from graphdiff.drawing.graph_scene import compose
from graphdiff.drawing.labels.describe import describe
from graphdiff.drawing.labels.description import Description
from graphdiff.drawing.labels.legend import MAX_TOLD
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.areas import along
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.layout import LaidOut
from graphdiff.drawing.marks.highlight import highlighted
from graphdiff.drawing.marks.mark_requests import marks_for
from graphdiff.drawing.network.steps import network_steps
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.limits import plan
from graphdiff.drawing.scene import Group, Item, Rectangle, Scene, Stroke, Text
from graphdiff.drawing.sheet_scene import MARGIN, TITLE_GAP
from graphdiff.drawing.stepwise import card_captions
from graphdiff.drawing.stepwise.captions import caption, told
from graphdiff.drawing.stepwise.contributions import rules, with_contributions
from graphdiff.drawing.stepwise.rows import Rows, set_in_rows
from graphdiff.drawing.stepwise.steps import Places, SweepStep, places, staging, steps
from graphdiff.drawing.themes import OUTLINES, Theme
from graphdiff.drawing.writers.fitting import fitted
from graphdiff.drawing.writers.sizing import of_size
from graphdiff.errors import DrawingError
from graphdiff.evaluation.rounded_zeros import as_shown
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph

MAX_FRAMES = 300
"""More steps than anyone watches."""
LEAST_WIDTH = 600.0
"""The least room for a caption."""
RING = 4.0
"""How far the mark of a node is from its card."""
RING_WIDTH = 2.6
ARROW_WIDTH = 2.8
ARROW_HALF = 6.0
BESIDE = 5.5
"""How far beside an edge an arrow goes back."""


@dataclass(frozen=True, repr=False)
class Stepwise:
    """The scene of all steps, ``scene.at(k)`` being one, with what is said of each."""

    scene: Scene
    captions: tuple[str, ...]
    alts: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<{self.scene!r}, {len(self.captions)} steps>"


def stepwise(graph: ComputationalGraph, run: Run | None, options: Options) -> Stepwise:
    """Return the picture of all steps of a run.

    Raises
    ------
    DrawingError
        If there is no run, it took more than :data:`MAX_FRAMES` steps, or the picture asked for
        is not one of all nodes.
    """
    if run is None:
        raise DrawingError("frames show the steps of a sweep; give one: frames(graph.backward())")
    if run.graph is not graph:
        raise DrawingError("the run is of another graph; draw it with the graph that was swept")
    options.check_style()
    if options.style == "network":
        return _of_network(graph, as_shown(run), options)
    if options.style == "architecture":
        raise DrawingError(
            "an architecture has no numbers, so no steps; leave style='architecture' out to see "
            "the steps of the graph"
        )
    if options.style == "circuit":
        return _of_circuit(graph, as_shown(run), options)
    planned = plan(graph, options, whole=True)
    if planned.refusal:
        planned = plan(graph, options)
    if planned.refusal:
        raise DrawingError(planned.refusal)
    at = places(planned.parts)
    taken, run = _taken(run, at), as_shown(run)
    whole = describe(graph, run, options, graph.inputs, planned)
    whole = with_contributions(whole, run, options)
    _check_whole(whole, len(planned.parts or graph))
    description = _timeless(whole, describe(graph, None, options, graph.inputs, planned))
    description = highlighted(description, marks_for(graph, run, options))
    laid_out = lay_out_clearly(boxes.measure(description), options.direction)
    composed = compose(laid_out, options.theme, staging(taken, at))
    return _of_graph(composed, laid_out, taken, run, options, at)


def _of_circuit(graph: ComputationalGraph, run: Run, options: Options) -> Stepwise:
    """Return the picture of all steps of a circuit, gate by gate."""
    options = replace(options, show=options.show.without({"index"}))
    made = circuit(graph, run, options)
    made = replace(made, named=made.graph)  # captions name all of them
    assert made.run is not None  # noqa: S101 - it has one where the graph has
    at = Places()
    taken, whole = _taken(made.run, at), made.describe()
    if whole.legend:
        whole = replace(whole, legend=(*whole.legend, *rules(made.run)))
    _check_whole(whole, len(made.graph))
    laid_out = made.laid_out(_timeless(whole, replace(made, run=None).describe()))
    composed = made.scene(laid_out, staging(taken, at))
    return _of_graph(composed, laid_out, taken, made.run, options, at)


def _check_whole(whole: Description, count: int) -> None:
    """Raise unless every card, of one node or several, is drawn."""
    if len(whole.nodes) != count:
        raise DrawingError(
            "frames show every node of a graph, none hidden; leave the nodes in hide out"
        )


def _taken(run: Run, at: Places) -> tuple[SweepStep, ...]:
    taken = tuple(steps(run, at))
    if len(taken) > MAX_FRAMES:
        raise DrawingError(
            f"the sweeps take {len(taken)} steps; at most {MAX_FRAMES} are drawn. Collapse what is "
            "alike, collapse='alike' or 'chains', or draw the graph whole"
        )
    return taken


def _of_graph(
    composed: Scene,
    laid_out: LaidOut,
    taken: Sequence[SweepStep],
    run: Run,
    options: Options,
    at: Places,
) -> Stepwise:
    """Return the picture of all steps of what is laid out, with marks and captions."""
    theme = options.theme
    scene = _marked(composed, laid_out, taken, theme, at)
    cards = {label.index: label for label in laid_out.measured.description.nodes}
    captions = [
        card_captions.caption(step, cards[step.card]) if step.card else caption(step, run, options)
        for step in taken
    ]
    width = max(scene.width - 2 * MARGIN, LEAST_WIDTH)
    rows = set_in_rows(captions, width)
    said = tuple(made.plain for made in captions)
    found = [
        [card_captions.told(step, cards[step.card])]
        if step.card
        else list(told(step, run, options))
        for step in taken
    ]
    scene = replace(scene, alt=_alt(scene.title, said))
    scene = _captioned(scene, rows, said, [_accent(step, theme) for step in taken], theme)
    return Stepwise(
        of_size(fitted(scene, options), options.size),
        said,
        tuple(_alts(scene.title, said, found)),
    )


def _of_network(graph: ComputationalGraph, run: Run, options: Options) -> Stepwise:
    """Return the picture of all steps of a network, layer by layer."""
    scene, taken = network_steps(graph, run, options)
    theme = options.theme
    captions = [step.caption for step in taken]
    rows = set_in_rows(captions, max(scene.width - 2 * MARGIN, LEAST_WIDTH))
    said = tuple(made.plain for made in captions)
    colours = [
        {"given": theme.ink, "forward": theme.forward, "backward": theme.reverse}[step.sweep]
        for step in taken
    ]
    whole = scene.alt
    scene = replace(scene, alt=_alt(scene.title, said))
    return Stepwise(
        of_size(fitted(_captioned(scene, rows, said, colours, theme), options), options.size),
        said,
        tuple(
            f"{scene.title}, step {k} of {len(taken)}. {sentence}. In the end: {whole}"
            for k, sentence in enumerate(said, start=1)
        ),
    )


def _timeless(whole: Description, before: Description) -> Description:
    """Return a description whose titles tell nothing that is found by a sweep."""
    return replace(
        whole,
        nodes=tuple(
            replace(node, summary=other.summary)
            for node, other in zip(whole.nodes, before.nodes, strict=True)
        ),
        edges=tuple(
            replace(edge, summary=other.summary)
            for edge, other in zip(whole.edges, before.edges, strict=True)
        ),
    )


# Marks


def _accent(step: SweepStep, theme: Theme) -> str:
    return {"given": theme.ink, "forward": theme.forward, "backward": theme.reverse}[step.sweep]


def _marked(
    scene: Scene, laid_out: LaidOut, taken: Sequence[SweepStep], theme: Theme, at: Places
) -> Scene:
    """Put marks behind the nodes and what is said on the edges, above the arrows."""
    marks = [
        Group(
            tuple(_marks(step, laid_out, _accent(step, theme), at)),
            kind=f"step {step.sweep}",
            steps=(k, k + 1),
        )
        for k, step in enumerate(taken)
        if step.sweep != "given"
    ]
    items: list[Item] = []
    for item in scene.items:
        if isinstance(item, Group) and item.kind in ("graph", "circuit"):
            above = next(k for k, part in enumerate(item.items) if _is_label(part))
            item = replace(item, items=(*item.items[:above], *marks, *item.items[above:]))
        items.append(item)
    return replace(scene, items=tuple(items))


def _is_label(item: Item) -> bool:
    return isinstance(item, Group) and item.kind.startswith(("node", "jacobian"))


def _marks(step: SweepStep, laid_out: LaidOut, colour: str, at: Places) -> Iterator[Item]:
    described = laid_out.measured.description
    indices = (label.index for label in described.nodes)
    centres = dict(zip(indices, laid_out.centres, strict=True))
    used = set(map(at.along, step.edges))
    at_work = set(map(at.of, step.nodes))
    for label, box, (x, y) in zip(
        described.nodes, laid_out.measured.nodes, laid_out.nodes, strict=True
    ):
        if label.index in at_work:
            yield Rectangle(
                x - RING,
                y - RING,
                box.width + 2 * RING,
                box.height + 2 * RING,
                radius=min(OUTLINES[label.kind].radius, box.height / 2) + RING,
                stroke=Stroke(colour, RING_WIDTH),
            )
    stroke = Stroke(colour, ARROW_WIDTH)
    for k, (label, curve) in enumerate(zip(described.edges, laid_out.curves, strict=True)):
        if (label.tail, label.head, label.slot) in used:
            if step.sweep == "backward":
                yield from against(curve, _side(k, laid_out) * BESIDE, stroke, ARROW_HALF)
            else:
                yield from arrow(curve, centres[label.tail], stroke, ARROW_HALF)


def _side(k: int, laid_out: LaidOut) -> int:
    """Return on which side of an edge its label does not stand: 1 to the right of its way."""
    corner, curve = laid_out.labels[k], laid_out.curves[k]
    if corner is None or k in laid_out.leaders:
        return 1
    box = laid_out.measured.edges[k]
    x, y = corner[0] + box.width / 2, corner[1] + box.height / 2
    way = list(along(curve))
    nearest = min(range(len(way) - 1), key=lambda i: math.dist(way[i], (x, y)))
    (px, py), (qx, qy) = way[nearest], way[nearest + 1]
    return -1 if (qx - px) * (y - py) - (qy - py) * (x - px) > 0 else 1


# Captions


def _captioned(
    scene: Scene, rows: Sequence[Rows], said: Sequence[str], colours: Sequence[str], theme: Theme
) -> Scene:
    """Make room for the captions between the title and the graph."""
    ascent, descent = max(r.ascent for r in rows), max(r.descent for r in rows)
    title = [i for i in scene.items if isinstance(i, Group) and i.kind == "title"]
    top = MARGIN
    for group in title:
        lines = united(areas([group]))
        top = lines.bottom + TITLE_GAP
    room = ascent + descent + TITLE_GAP
    wider = max(0.0, LEAST_WIDTH + 2 * MARGIN - scene.width)
    captions = [
        Group(
            (
                Text(row.heading, 0, 0, colour),
                *(Text(part.fragment, part.x, part.y, theme.ink) for part in row.equation),
                Text(row.counter.fragment, row.counter.x, 0, theme.faint),
            ),
            MARGIN,
            top + ascent,
            kind="caption",
            title=plain,
            steps=(k, k + 1),
        )
        for k, (row, plain, colour) in enumerate(zip(rows, said, colours, strict=True))
    ]
    moved = [_moved(item, wider / 2, room) for item in scene.items if item not in title]
    return replace(
        scene,
        width=math.ceil(scene.width + wider),
        height=math.ceil(scene.height + room),
        items=(*title, *captions, *moved),
    )


def _moved(item: Item, across: float, down: float) -> Item:
    """Move a part of the sheet; only the graph stands in the middle of it."""
    assert isinstance(item, Group)  # noqa: S101
    x = item.x + across if item.kind in ("graph", "network", "circuit") else item.x
    return replace(item, x=x, y=item.y + down)


# In words


def _alt(title: str, said: Sequence[str]) -> str:
    more = len(said) - MAX_TOLD
    rest = f" And {more} more." if more > 0 else ""
    return f"{title}, {len(said)} steps. {'. '.join(said[:MAX_TOLD])}.{rest}"


def _alts(title: str, said: Sequence[str], found: Sequence[Sequence[str]]) -> Iterator[str]:
    """Tell of each step what is new, and all that is known by then."""
    known: list[str] = []
    for k, (sentence, new) in enumerate(zip(said, found, strict=True), start=1):
        known += new
        more = len(known) - MAX_TOLD
        listed = "; ".join(known[-MAX_TOLD:])
        rest = f"; and {more} more" if more > 0 else ""
        yield f"{title}, step {k} of {len(said)}. {sentence}. Known: {listed}{rest}."
