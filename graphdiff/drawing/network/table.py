"""The weights of a network in a table beside or below it, numbered as on its edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

from graphdiff.drawing.extents import Area
from graphdiff.drawing.network.elision import Excerpt, digits_at
from graphdiff.drawing.network.pens import SMALL, Label, set_name
from graphdiff.drawing.network.unit_words import mark, painted, with_step
from graphdiff.drawing.network.wording import at_weight, called, equations
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Group, Item
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Weight

BETWEEN = (22.0, 7.0)
"""Between two columns, and two rows, of the table."""
ROOM = 24.0
"""Between the figure and the table."""
SPACE = 8.0
"""Between what stands in one cell."""


def table(
    excerpt: Excerpt, numbers: Numbers, options: Options, figure: Area, room: float
) -> Group | None:
    """Return the table, below the figure in as many columns as there is room for, or beside it.

    Parameters
    ----------
    room
        The width of the columns below the figure, or the height of those beside it.
    """
    rows = [_row(k, excerpt, some, numbers, options) for k, some in enumerate(painted(excerpt), 1)]
    if not rows:
        return None
    cells = [max(one.width for one in column if one) for column in zip_longest(*rows)]
    wide = sum(cells) + SPACE * (len(cells) - 1) + BETWEEN[0]
    high = max(one.height for row in rows for one in row) + BETWEEN[1]
    if excerpt.setting.weights == "below":
        columns = min(len(rows), max(1, int((room + BETWEEN[0]) / wide)))
        count = math.ceil(len(rows) / columns)
        left, top = figure.left, figure.bottom + ROOM
    else:
        count = min(len(rows), max(1, int(room / high)))
        left, top = figure.right + ROOM, figure.top
    drawn: list[Item] = []
    for k, row in enumerate(rows):
        x, y = left + wide * (k // count), top + high * (k % count) + high / 2
        for one, cell in zip(row, cells, strict=False):
            drawn += one.drawn((x + one.width / 2, y), options.theme)
            x += cell + SPACE
    return Group(tuple(drawn), kind="table of weights")


def _row(
    number: int, excerpt: Excerpt, weights: Sequence[Weight], numbers: Numbers, options: Options
) -> tuple[Label, ...]:
    size, digits = max(SMALL, excerpt.setting.least), digits_at(excerpt, options)
    if len(weights) == 1:
        lines = equations(weights[0], numbers, options, digits)
    else:  # biases that enter as one
        lines = iter([called(weights, digits), *at_weight(weights, numbers, options, digits)])
    said = [Label(((set_name(name, size), options.theme.ink),)) for name in lines]
    if said:
        said[0] = with_step(said[0], excerpt, weights, numbers, options)
    return (mark(number, excerpt, weights, numbers, options), *said)
