"""Plots on a sheet: the type stays as large as asked for, and axes take the room that is left.

The sides of a plot grow with those of its axes as straight lines do, nearly. Two drawings of each
arrangement say how, so that the size of a plot is known for axes of any sides; what looks best by
that is drawn, until one has type that is large enough.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.fit.search import ENOUGH
from graphdiff.drawing.fit.sheets import POINT, Sheet
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.plots.sketch import Sketch

SIDES = (0.3, 0.36, 0.43, 0.52, 0.62, 0.74, 0.87, 1.0, 1.2, 1.44)
"""Of axes, as parts of the usual ones."""
PROBE = 0.5
LONGEST = 1.7
"""How much longer one side may be than the other, beside the usual."""
SHORTER = 0.75
"""How much the shorter side counts: axes stand as they usually do, where there is room."""
TRIED = 12
"""How many settings are drawn that look best, before those with the smallest axes."""
COLUMNS = 4


@dataclass(frozen=True)
class _Size:
    """The sides of a plot, and its smallest type in points, without a sheet."""

    width: float
    height: float
    points: float

    def on(self, sheet: Sheet) -> float:
        """Return how large its smallest type is on a sheet."""
        return self.points * sheet.scale(self.width, self.height)


def fit(sketches: Sequence[Sketch], sheet: Sheet, min_pt: float) -> Setting:
    """Return one setting for plots that are shown one after the other, each on the sheet.

    It is the usual one where its type is large enough, on a sheet to be filled the best of those
    whose type is; if there is none, that of the largest type.
    """
    usual = _size(sketches, sketches[0].usual)
    if not sheet.fills and usual.on(sheet) >= min_pt - 1e-6:
        return sketches[0].usual
    best, largest = None, (usual.on(sheet), sketches[0].usual)
    promising = sorted(_promising(sketches, sheet, min_pt), key=lambda one: -one[0])
    smallest_axes = [one for one in promising if one[1].across == one[1].upwards == SIDES[0]]
    for worth, setting in (*promising[:TRIED], *smallest_axes):
        if best is not None and worth <= best[0]:
            break
        size = _size(sketches, setting)
        points = size.on(sheet)
        largest = max(largest, (points, setting), key=lambda one: one[0])
        if points >= min_pt - 1e-6:
            found = _worth(size, setting, sheet, min_pt), setting
            best = max(best or found, found, key=lambda one: one[0])
    return largest[1] if best is None else best[1]


def _promising(
    sketches: Sequence[Sketch], sheet: Sheet, min_pt: float
) -> Iterator[tuple[float, Setting]]:
    """Yield settings with what they are worth, if sides grow as straight lines."""
    usual, parts = sketches[0].usual, max(sketch.parts for sketch in sketches)
    has_legend = any(sketch.legend for sketch in sketches)
    for columns in range(1, min(parts, COLUMNS) + 1):
        for aside in (False, True) if has_legend else (False,):
            whole = replace(usual, columns=columns, aside=aside)
            one = _size(sketches, whole)
            other = _size(sketches, replace(whole, across=PROBE, upwards=PROBE))
            for across, upwards in itertools.product(SIDES, SIDES):
                if max(across / upwards, upwards / across) > LONGEST:
                    continue
                setting = replace(whole, across=across, upwards=upwards)
                size = _Size(
                    _between(other.width, one.width, across),
                    _between(other.height, one.height, upwards),
                    one.points,
                )
                yield _worth(size, setting, sheet, min_pt), setting


def _between(at_probe: float, at_whole: float, side: float) -> float:
    return at_whole + (side - 1) / (1 - PROBE) * (at_whole - at_probe)


def _worth(size: _Size, setting: Setting, sheet: Sheet, min_pt: float) -> float:
    """Return how good a plot looks: its axes are large, and so is its type, which counts first."""
    points = size.on(sheet)
    short, long = sorted((setting.across, setting.upwards))
    side = sheet.scale(size.width, size.height) * short**SHORTER * long ** (1 - SHORTER)
    readable = min(points, max(ENOUGH, min_pt)) * POINT
    return readable * side - 1e3 * max(0.0, min_pt - points)


def _size(sketches: Sequence[Sketch], setting: Setting) -> _Size:
    """Return the size of the largest of plots, and their smallest type."""
    scenes = [sketch.scene(setting) for sketch in sketches]
    return _Size(
        max(scene.width for scene in scenes),
        max(scene.height for scene in scenes),
        min(smallest(scene) for scene in scenes),
    )
