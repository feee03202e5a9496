"""The search for a picture whose type can be read on a sheet.

What is tried, in this order, until the smallest type is large enough: the picture as it is; small
print as large as the rest; rows; long formulas in the list below; the other direction; less and
less said, as :mod:`graphdiff.drawing.fit.steps` says; groups and alike nodes on one card. The
picture says what is left out. A figure that is half empty is taken only where no other that says as
much is full: nodes nearer to each other, frames in one line, shorter formulas in the list as well.
Of several the largest is taken, where type larger than that of a text is no better. What
is too large by its area is tried in no other way. How much is tried is bounded by the number of
steps and of the boxes laid out, never by time, so that a graph has one picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from graphdiff.drawing.fit.ink import ink
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.fit.sheets import POINT, Sheet
from graphdiff.drawing.fit.steps import GRAPHS, Giving, Step, steps_of
from graphdiff.drawing.graph_scene import compose
from graphdiff.drawing.labels.description import Description, Entry, Phrase
from graphdiff.drawing.layout.boxes import SIZES, USUAL, Box, Manner, Measured, measure, node_box
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.layout import TOGETHER, LaidOut, lay_out
from graphdiff.drawing.layout.listing import MAX_LISTED
from graphdiff.drawing.layout.program import together
from graphdiff.drawing.layout.rows import Again, in_rows, longest, most_rows
from graphdiff.drawing.lengths import length
from graphdiff.drawing.marks.record import Remark, words
from graphdiff.drawing.options import Direction, Options
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.sheet_scene import MARGIN
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError

LIFTED = Manner(least=16.0)
"""Small print as large as formulas, so that all of it can be made smaller together."""
COMPACT = Manner((230.0, 96.0), (130.0, 84.0), (9.0, 7.0), (44.0, 34.0), least=16.0, spread=0.7)
"""Less room for a formula, longer ones are listed below; and less between nodes."""
DENSE = replace(COMPACT, spread=0.5, in_line=True)
"""Where a figure is half empty otherwise, or full so if its type is nearly large enough."""
LISTED = replace(DENSE, listed_from=90.0)
"""Where it is so even then, if there is a list for all formulas."""
WAYS: dict[Manner, tuple[str, ...]] = {USUAL: ("whole", "turned"), LIFTED: ("whole", "rows")}
DENSELY = "whole", "rows", "turned"
"""How a graph is arranged; one that is set as usual is turned only where it fits, if half empty."""
SMALL = 12.0
"""The smallest type of labels that are set as usual."""
MOST_ROWS = 10
FULL = 0.55
"""Labels never fill more of a sheet than this."""
LETTER = 0.75
"""A letter takes no less, by the square of its size: what a sheet cannot hold is not typeset."""
MOST_LETTERS = 40
PREFERENCE = {"whole": 1.15, "rows": 1.15, "turned": 1.0}
"""The direction asked for is taken unless the other is 1.15 times as large."""
ENOUGH = 9.0
"""Larger type than that of a text, in points, makes no picture better."""
WIDE = length("144mm")
TALL = 1.05
TALLER = 0.8
"""A picture so many times as high as a sheet as wide as a page is wide counts so much less."""
INK = 0.45
"""A figure with less ink is half empty."""
LEAST = {"index", "jacobian_matrix"}
"""What is left out of a half-empty figure, if it is full then."""
WIDENED = 0.2, 0.4, 0.7
"""How far what stands around a picture that is too high is widened to the form of the sheet."""
NEARLY = 0.95
"""Of the type asked for: what has so much is tried more densely."""
HOPELESS = 0.85
"""Of the type asked for: what would have less by its area alone is arranged in no other way.

An arrangement seldom needs less area than another of the same labels.
"""

WORK = 8000
"""Nodes and edges, of all that is tried together, that are laid out before more share a card."""

Describing = Callable[[Options], Description]
Lay = Callable[[Measured, Direction], LaidOut]
Arranged = Callable[[Lay], LaidOut]


@dataclass(frozen=True)
class Craft:
    """How a description becomes a picture: measured, laid out to be read, and composed.

    Attributes
    ----------
    turned
        Returns what is measured as it is in a direction.
    again
        Measures a node that is drawn again, in a later row.
    explained
        What the legend says of these.
    giving
        What is left out one after the other.
    tries
        How many numbers of rows are tried.
    """

    measure: Callable[[Description, Manner], Measured] = measure
    lay_out_clearly: Lay = lay_out_clearly
    compose: Callable[[LaidOut, Theme], Scene] = compose
    turned: Callable[[Measured, Direction], Measured] = lambda measured, _: measured
    again: Again = node_box
    explained: str = "dashed, round: again, from a row above"
    giving: Giving = GRAPHS
    tries: int = 4


GRAPH = Craft()


@dataclass(frozen=True)
class Found:
    """A picture for a sheet: how it is laid out, its scene, and the size of its smallest type.

    ``by_area`` is what that size would be if the picture had the shape of the sheet, and
    ``too_long`` how many times as long it is, for its height, as the sheet.
    """

    laid_out: LaidOut
    scene: Scene
    points: float
    by_area: float = 0.0
    too_long: float = 1.0


def found(
    describing: Describing,
    options: Options,
    sheet: Sheet,
    collapses: Sequence[tuple[str, ...]] = (),
    craft: Craft = GRAPH,
) -> Found:
    """Return the first picture of a graph whose type is large enough, else the largest tried.

    Parameters
    ----------
    describing
        Says what a picture shows with other options.
    collapses
        What may be drawn as one card, one after the other, as a last means.
    craft
        How pictures are made, if not as those of graphs.

    Raises
    ------
    DrawingError
        If the graph is too large, or Graphviz cannot be found or fails.
    """
    with together(TOGETHER):
        return _Search(describing, options, sheet, collapses, craft).found()


@dataclass(frozen=True)
class _Good:
    """A picture whose type is large enough, its ink share, and how large it counts as."""

    found: Found
    ink: float
    size: float

    @property
    def is_full(self) -> bool:
        return self.ink >= INK

    def worth(self) -> tuple[bool, float]:
        """Return what is more of a better one."""
        return self.is_full, self.size * min(1.0, self.ink / INK)


class _Search:
    """What was asked for, and the largest picture there has been yet, of all and of a step."""

    def __init__(
        self,
        describing: Describing,
        options: Options,
        sheet: Sheet,
        collapses: Sequence[tuple[str, ...]],
        craft: Craft,
    ) -> None:
        self.describing, self.options, self.sheet = describing, options, sheet
        self.collapses, self.craft = collapses, craft
        self.direction: Direction = options.direction
        self.largest: tuple[float, Arranged] | None = None
        self.left = WORK
        self.nearest = 0.0

    def found(self) -> Found:
        first = Step(self.options)
        whole = self._described(first)
        if good := self._best(whole, (USUAL, LIFTED, COMPACT, DENSE, LISTED)):
            return self._fuller(good, first, whole).found
        good, last = self._least_left_out(first, whole)
        fewest = len(whole.nodes)
        for collapse in self.collapses:
            if good:
                break
            self.left = WORK
            collapsed = self._collapsed(first, collapse)
            cards = self._cards(collapsed)
            if cards and cards < fewest:
                fewest = cards
                good, last = self._least_left_out(collapsed, self._described(collapsed))
        return good.found if good else self._largest(last)

    def _fuller(self, good: _Good, first: Step, said: Description) -> _Good:
        """Return a picture that is full without what says least, if one is not with it."""
        steps, _ = steps_of(first, said, self.craft.giving)
        is_enough = good.is_full or self._is_as_without(good.found)
        for step in () if is_enough else steps[1:]:
            if not set(step.dropped) <= LEAST:
                break
            other = self._fitting(step)
            if other and other.is_full:
                return other
        return good

    def _largest(self, step: Step) -> Found:
        """Return the largest picture there is where none is large enough."""
        said = self._described(step)
        self.left = WORK
        for manner in (DENSE, COMPACT):
            measured = self.craft.measure(said, replace(manner, in_colours=step.in_colours))
            for way in DENSELY:
                for _ in self._tried(measured, way):
                    pass
        if self.largest is None:
            placed = self.craft.turned(measured, self.direction)
            self.largest = 0.0, lambda lay: lay(placed, self.direction)
        laid_out = self.largest[1](self.craft.lay_out_clearly)
        one = self._scene(laid_out)
        return one if self._is_good(one) else self._scene(self._told(laid_out, one.points))

    def _told(self, laid_out: LaidOut, points: float) -> LaidOut:
        """Return a layout that says what sheet it takes, with type so small on this one."""
        said, least = laid_out.measured.description, self.options.min_pt
        by = math.ceil(10 * least / max(points, 0.1)) / 10
        told = f"Type of {least:g} pt takes a sheet {by:g} times as wide and as high."
        described = replace(
            said, alt=f"{said.alt} {told}", remarks=(*said.remarks, Remark((words(told),)))
        )
        return replace(laid_out, measured=replace(laid_out.measured, description=described))

    # What is left out

    def _least_left_out(self, first: Step, said: Description) -> tuple[_Good | None, Step]:
        """Return the picture with least left out that fits; and the step that says least.

        Of steps that say ever less the first is found by halving.
        """
        steps, choices = steps_of(first, said, self.craft.giving)
        best: _Good | None = None
        low, high = 1 if not first.collapsed else 0, len(steps)
        while low < high:
            middle = (low + high) // 2
            if good := self._fitting(steps[middle]):
                best, high = good, middle
            else:
                low = middle + 1
        for step in () if best else choices:
            if best := self._fitting(step):
                break
        return best, (*steps, *choices)[-1]

    def _fitting(self, step: Step) -> _Good | None:
        manners = (replace(one, in_colours=step.in_colours) for one in (COMPACT, DENSE, LISTED))
        return self._best(self._described(step), manners)

    def _collapsed(self, step: Step, more: tuple[str, ...]) -> Step:
        """Return what is said with several nodes on one card."""
        collapse = tuple(dict.fromkeys((*step.options.collapse, *more)))
        return replace(step, options=replace(step.options, collapse=collapse), collapsed=True)

    def _cards(self, step: Step) -> int:
        """Return how many cards there are; 0 if nothing of the kind can share one."""
        try:
            return len(self.describing(step.options).nodes)
        except DrawingError:
            return 0

    def _described(self, step: Step) -> Description:
        said = step.said(self.describing(step.options))
        if not (what := step.told({node.card for node in said.nodes})):
            return said
        told = f"On {self.sheet.asked} {what}."
        return replace(
            said,
            alt=f"{said.alt} {told}",
            remarks=(*said.remarks, Remark((words(told),))),
        )

    # One step

    def _best(self, said: Description, manners: Iterable[Manner]) -> _Good | None:
        """Return the best picture that says so much: the first full one, if there is any."""
        best: _Good | None = None
        tall: _Good | None = None
        self.nearest = 0.0
        for manner in manners:
            if manner.in_line and self.nearest < NEARLY * self.options.min_pt:
                break
            good = self._good(said, manner)
            if manner.in_line and good and not (best or good.is_full):
                continue
            best = max(filter(None, (best, good)), key=_Good.worth, default=None)
            if best and (best.is_full or self._is_as_without(best.found)):
                if not self._is_tall(best.found):
                    break
                tall = tall or best
        return tall if best and self._is_tall(best.found) and tall else best

    def _is_tall(self, one: Found) -> bool:
        """Whether a picture in the width of a page takes much of it, which text has no room by."""
        width, height = one.scene.pixels
        scale = self.sheet.scale(width, height)
        is_wide = not self.sheet.fills and self.sheet.width >= WIDE
        return is_wide and height * scale > TALL * self.sheet.width

    def _good(self, said: Description, manner: Manner) -> _Good | None:
        """Return the best picture set in a manner, if its type is large enough."""
        if not self._may_hold(_letters(said, manner) / FULL, manner):
            return None
        measured = self.craft.measure(said, manner)
        if not self._may_hold(_area(measured) / FULL, manner):
            return None
        if manner.listed_from < math.inf and len(measured.listed) > MAX_LISTED:
            return None
        enough = max(ENOUGH, self.options.min_pt)
        best: _Good | None = None
        tall: _Good | None = None
        for way in WAYS.get(manner, DENSELY):
            for one in self._tried(measured, way):
                if self._is_good(one):
                    is_tall = self._is_tall(one)
                    size = min(one.points, enough) * PREFERENCE[way] * (TALLER if is_tall else 1)
                    good = _Good(one, ink(one.laid_out), size)
                    best = max(filter(None, (best, good)), key=_Good.worth)
                    is_enough = manner == USUAL or one.points >= enough
                    if manner == USUAL and way == "whole" and self._is_as_without(one):
                        return good
                    if good.is_full and is_enough and way != "turned":
                        if not is_tall:
                            return good
                        tall = tall or good
                elif best is None and one.by_area < HOPELESS * self.options.min_pt:
                    return None
            if best is None and manner == USUAL:
                return None
        return tall if best and self._is_tall(best.found) and tall else best

    def _is_as_without(self, one: Found) -> bool:
        """Whether there is room for a picture as large as it is without a sheet, of any ratio."""
        return self.options.aspect is None and self.sheet.scale(*one.scene.pixels) >= 1

    def _is_good(self, one: Found) -> bool:
        return one.points >= self.options.min_pt - 1e-6

    def _may_hold(self, area: float, manner: Manner) -> bool:
        """Whether so much has room, in units of the layout, with type as small as may be."""
        scale = self._least_scale(manner)
        return area * scale * scale <= self.sheet.width * self.sheet.height

    def _least_scale(self, manner: Manner) -> float:
        return self.options.min_pt / POINT / (manner.least or SMALL)

    def _tried(self, measured: Measured, way: str) -> Iterator[Found]:
        """Yield pictures arranged in a way, unless too much has been laid out already."""
        if self.left <= 0:
            return
        if way == "rows":
            yield from self._in_rows(measured)
        else:
            turned: Direction = "TB" if self.direction in ("LR", "RL") else "LR"
            direction: Direction = self.direction if way == "whole" else turned
            placed = self.craft.turned(measured, direction)
            if self._long(placed, direction) <= 1:
                yield self._one(lambda lay: lay(placed, direction))

    def _in_rows(self, measured: Measured) -> Iterator[Found]:
        """Yield pictures in rows: more where the last were too long, fewer if they were too many.

        So many times as many rows are about as much shorter, and together as much higher.
        """
        measured = self.craft.turned(measured, "LR")
        too_few, too_many = 1, 1 + min(MOST_ROWS, most_rows(measured))
        count = round(self._long(measured, "LR"))
        for _ in range(self.craft.tries):
            if too_many - too_few < 2 or self.left <= 0:
                return
            count = min(max(count, too_few + 1), too_many - 1)
            one = self._one(self._rows(measured, count))
            yield one
            if one.too_long > 1:
                too_few = count
            else:
                too_many = count
            count = round(count * one.too_long**0.5)

    def _rows(self, measured: Measured, count: int) -> Arranged:
        return lambda lay: in_rows(measured, count, lambda part: lay(part, "LR"), self.craft.again)

    def _long(self, measured: Measured, direction: Direction) -> float:
        """Return how many times as long as the sheet a graph is at least, with type as small."""
        end = max(longest(measured, direction).values())
        room = self.sheet.width if direction in ("LR", "RL") else self.sheet.height
        return end * self._least_scale(measured.manner) / room

    def _one(self, arranged: Arranged) -> Found:
        """Return a picture; places for its labels are found if it is large enough without."""

        def counted(measured: Measured, direction: Direction) -> LaidOut:
            self.left -= len(measured.nodes) + len(measured.edges)
            return lay_out(measured, direction)

        one = self._scene(arranged(counted))
        if self._is_good(one):
            one = self._scene(arranged(self.craft.lay_out_clearly))
        self.nearest = max(self.nearest, one.points)
        if self.largest is None or one.points > self.largest[0]:
            self.largest = one.points, arranged
        return one

    def _scene(self, laid_out: LaidOut) -> Found:
        """Return the picture of a layout, what is said around it wider if it is too high so.

        How long it is, and its type by its area, are those of the figure as it is.
        """
        laid_out = _explained(laid_out, self.craft.explained)
        one = self._composed(laid_out)
        said, enough = laid_out.measured, max(ENOUGH, self.options.min_pt)
        if (
            one.too_long >= 1
            or one.points >= enough
            or one.by_area < HOPELESS * self.options.min_pt
            or not (said.description.remarks or said.listed)
        ):
            return one
        rooms = (one.scene.pixels[0] * one.too_long**-share - 2 * MARGIN for share in WIDENED)
        wider = (self._composed(replace(laid_out, sheet_width=room)) for room in rooms)
        largest = max(one, *wider, key=lambda each: each.points)
        return replace(largest, by_area=one.by_area, too_long=one.too_long)

    def _composed(self, laid_out: LaidOut) -> Found:
        scene = self.craft.compose(laid_out, self.options.theme)
        width, height = scene.pixels
        size, scale = smallest(scene), self.sheet.scale(width, height)
        share = self.sheet.width * self.sheet.height / (width * height)
        too_long = (width / self.sheet.width) / (height / self.sheet.height)
        return Found(laid_out, scene, size * scale, size * min(1.0, share**0.5), too_long)


def _letters(said: Description, manner: Manner) -> float:
    """Return less than what the labels take: nothing is typeset for that."""
    least = COMPACT.node_least[0] * COMPACT.node_least[1]

    def size(phrase: Phrase) -> float:
        if phrase.heat is not None or (manner.in_colours and phrase.is_array):
            return least
        return min(len(phrase.plain), MOST_LETTERS) * LETTER * SIZES[phrase.role] ** 2

    nodes = (max(least, sum(map(size, node.phrases))) for node in said.nodes)
    return sum(nodes) + sum(size(phrase) for edge in said.edges for phrase in edge.phrases)


def _area(measured: Measured) -> float:
    def size(box: Box) -> float:
        return box.width * box.height

    return sum(map(size, (*measured.nodes, *measured.edges)))


def _explained(laid_out: LaidOut, meaning: str) -> LaidOut:
    """Return a layout whose legend says what is drawn again, if anything is."""
    said = laid_out.measured.description
    if not said.legend or not any(node.again for node in said.nodes):
        return laid_out
    legend = (*said.legend, Entry(None, meaning))
    described = replace(said, legend=legend)
    return replace(laid_out, measured=replace(laid_out.measured, description=described))
