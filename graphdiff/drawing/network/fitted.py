"""A network on a sheet of paper or a slide, with type that can be read.

What is tried, in this order, until the smallest type is large enough: the figure as it is; units
closer together, in either direction; the numbers of weights in a table below or beside, by their
numbers on the edges; less and less said, as :data:`DROPPED` says; fewer units of wide layers, and
fewer layers; and of these neither names nor values. The picture says what is left out. Of what does
at one of these steps the largest is taken, the direction asked for before the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from graphdiff.drawing.extents import areas, united
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.fit.search import ENOUGH, PREFERENCE
from graphdiff.drawing.fit.sheets import POINT, Sheet
from graphdiff.drawing.fit.steps import no_room
from graphdiff.drawing.layout.sheet import NETWORK, Surroundings
from graphdiff.drawing.marks.record import Remark, words
from graphdiff.drawing.network import mlp, perceptron, table, ways
from graphdiff.drawing.network.alt import told
from graphdiff.drawing.network.elision import Excerpt, excerpt
from graphdiff.drawing.network.figure import figure, is_crowded
from graphdiff.drawing.network.legend import NO_BIASES, notations, remarks, samples
from graphdiff.drawing.network.setting import USUAL, Setting, WhereWeights
from graphdiff.drawing.network.unit_words import draws_biases
from graphdiff.drawing.options import Direction, Options
from graphdiff.drawing.scene import Item, Scene
from graphdiff.drawing.sheet_scene import MARGIN, Figure, on_sheet
from graphdiff.drawing.shown import Annotation
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Network

WEIGHTS = "weights and biases"
DROPPED: tuple[tuple[Annotation | Literal["nowhere"], str], ...] = (
    ("net", "weighted sums"),
    ("P", "δ of neurons"),
    ("nowhere", WEIGHTS),
    ("name", "names"),
    ("value", "values"),
)
"""What is left out one after the other, and what it is called."""

CLOSE = Setting(least=12.75, apart=0.5)
"""Small print as large as the rest, and columns as near as what is between them allows."""
TABLES: tuple[WhereWeights, ...] = ("below", "beside")
FEWER = (
    CLOSE,
    replace(CLOSE, units=(5, 3, 1), columns=(7, 3, 2)),
    replace(CLOSE, units=(4, 2, 1), columns=(5, 2, 2)),
    replace(CLOSE, units=(3, 1, 1), columns=(5, 2, 2)),
)
"""How many units and layers are drawn."""


@dataclass(frozen=True)
class Made:
    """A network that is read off a graph, with its numbers, to be drawn."""

    network: Network
    graph: ComputationalGraph
    numbers: Numbers


@dataclass(frozen=True)
class Step:
    """How a network is drawn, and what is left out for it."""

    setting: Setting
    options: Options
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tried:
    """A picture, and whether it says all there is to say on the edges."""

    scene: Scene
    is_whole: bool


def drawn(made: Made, step: Step, sheet: Sheet | None = None) -> Tried:
    """Return the picture of a network in a setting."""
    options, setting = step.options, step.setting
    shown, numbers = excerpt(made.network, setting), made.numbers
    used, is_whole, is_written = options, True, True
    if len(made.network.neurons) == 1:
        sketch = perceptron.sketch(shown, numbers, options)
        scale, items = sketch.scale, perceptron.items(sketch, made.graph)
    else:
        found = figure(shown, numbers, options)
        is_whole = (found.has_labels and found.options == options) or is_crowded(shown, options)
        is_written = found.has_labels
        scale, used, items = found.scale, found.options, mlp.items(found, made.graph)
        if found.has_labels and setting.has_table:
            items = (*items, *_table(items, shown, numbers, used, _room(setting, options, sheet)))
    dropped = step.dropped
    if not (is_written or WEIGHTS in dropped) and _would_write(made, options):
        dropped = _in_order((*dropped, "weights" if draws_biases(shown) else WEIGHTS))
    said = (
        *samples(shown, scale, used),
        *notations(shown, numbers, used),
        *(
            entry
            for entry in remarks(shown, scale, options, used)
            if not (WEIGHTS in dropped and entry.meaning == NO_BIASES)
        ),
    )
    listed, missing = ", ".join(dropped), ""
    if sheet is not None and listed:
        missing = f"On {sheet.asked} {no_room(listed)}."
    around = Surroundings(
        replace(NETWORK, widest_title=_room(setting, options, sheet)) if setting.least else NETWORK,
        made.network.title,
        said,
        (Remark((words(missing),)),) if missing else (),
        least=setting.least,
    )
    alt = told(shown, numbers, options)
    alt = f"{alt} {missing}" if missing else alt
    return Tried(on_sheet(Figure.of("network", items), around, alt, options.theme), is_whole)


def _in_order(dropped: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is not written in the order in which it is left out."""
    order = [called for _, called in DROPPED]
    return tuple(sorted(dropped, key=lambda one: order.index(WEIGHTS if one == "weights" else one)))


def _would_write(made: Made, options: Options) -> bool:
    """Whether edges are few enough to be written on where there is room."""
    return not is_crowded(excerpt(made.network), options)


def _table(
    items: tuple[Item, ...], shown: Excerpt, numbers: Numbers, options: Options, room: float
) -> Iterator[Item]:
    area = united(areas(items))
    beside = shown.setting.weights == "beside"
    room = area.bottom - area.top if beside else max(room, area.right - area.left)
    if (found := table.table(shown, numbers, options, area, room)) is not None:
        yield found


def _room(setting: Setting, options: Options, sheet: Sheet | None) -> float:
    """Return how wide a figure may be on a sheet, in type as small as may be."""
    if sheet is None or not options.min_pt:
        return NETWORK.widest_title
    return sheet.width * setting.least * POINT / options.min_pt - 2 * MARGIN - 1


def on(made: Made, options: Options, sheet: Sheet) -> Scene:
    """Return the first picture of a network whose type is large enough, else the largest tried."""
    largest: tuple[float, Scene] | None = None
    for alike in _ladder(made, options):
        good: list[tuple[float, Scene]] = []
        for step, must_be_whole in alike:
            tried = drawn(made, step, sheet)
            points = smallest(tried.scene) * sheet.scale(*tried.scene.pixels)
            if must_be_whole and not tried.is_whole:
                continue
            if largest is None or points > largest[0]:
                largest = points, tried.scene
            if points >= options.min_pt - 1e-6:
                is_asked = step.options.direction == options.direction
                worth = min(points, max(ENOUGH, options.min_pt))
                good.append((worth * PREFERENCE["whole" if is_asked else "turned"], tried.scene))
        if good:
            return max(good, key=lambda one: one[0])[1]
    assert largest is not None  # noqa: S101 - the last steps need not be whole
    return largest[1]


Alike = list[tuple[Step, bool]]
"""Steps of which the best is taken, each with whether it must say all on the edges."""


def _ladder(made: Made, options: Options) -> Iterator[Alike]:
    """Yield what is tried, one after the other."""
    turned: Direction = "TB" if ways.is_level(options.direction) else "LR"
    both = options, replace(options, direction=turned)
    yield [(Step(USUAL, options), True)]
    yield [(Step(CLOSE, one), True) for one in both]
    if not is_crowded(excerpt(made.network), options) and len(made.network.neurons) > 1:
        for where in TABLES:
            yield [(Step(replace(CLOSE, weights=where), one), True) for one in both]
    said = [list(_less(made, Step(setting, options))) for setting in FEWER]
    before = [step for steps in said for step in steps if not _keeps_little(step)]
    for step in (*before, *filter(_keeps_little, said[-1])):
        turn = replace(step, options=replace(step.options, direction=turned))
        yield [(step, False), (turn, False)]


def _keeps_little(step: Step) -> bool:
    """Whether names or values are left out, which is worse than to draw fewer units."""
    return any(what in step.dropped for what in ("names", "values"))


def _less(made: Made, step: Step) -> Iterator[Step]:
    """Yield what is said with ever more left out."""
    if step.setting != CLOSE:
        yield step
    for what, called in DROPPED:
        if what == "nowhere":
            shown = excerpt(made.network, step.setting)
            if is_crowded(shown, step.options) and not draws_biases(shown):
                continue
            setting = replace(step.setting, weights="nowhere")
            step = replace(step, setting=setting, dropped=(*step.dropped, called))
        elif what in step.options.show and _is_there(what, made.numbers):
            show = step.options.show.without([what])
            options = replace(step.options, show=show)
            step = replace(step, options=options, dropped=(*step.dropped, called))
        else:
            continue
        yield step


def _is_there(what: Annotation, numbers: Numbers) -> bool:
    """Whether there is anything of an annotation to leave out."""
    if what == "P":
        return numbers.has_gradients
    return numbers.run is not None or what == "name"
