"""Curves are where their numbers are, inside of their axes; their names beside, none on another."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plot_checks import check, groups

from graphdiff.drawing.colours import contrast
from graphdiff.drawing.extents import areas
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import Axes, powers
from graphdiff.drawing.plots.curves import (
    BINS,
    Curve,
    Panel,
    apart,
    curves_plot,
    within,
)
from graphdiff.drawing.plots.strokes import DASHES, MOST, stroke_of
from graphdiff.drawing.scene import Path, Rectangle
from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph

STEP = Name("", "step")
numbers = st.floats(-1e12, 1e12, allow_subnormal=False)
columns = st.lists(st.lists(numbers, min_size=1, max_size=30), min_size=1, max_size=MOST)


def panel(given, log=None, most=None):
    curves = [
        Curve(Name("", f"method {k}(0.01)"), np.arange(len(ys), dtype=float), np.array(ys))
        for k, ys in enumerate(given)
    ]
    return Panel(STEP, Name("f", "f"), tuple(curves), log, most)


def plotted(*panels, **choices):
    return curves_plot(ComputationalGraph("A race"), panels, Options(**choices), "alt")


@settings(max_examples=30, deadline=None)
@given(columns, st.sampled_from([None, False]))
def test_curves_are_in_their_axes_and_names_beside_them(given, log):
    check(plotted(panel(given, log), panel(given[:1], False)).scene)


@settings(max_examples=30, deadline=None)
@given(columns)
def test_on_logarithmic_axes_too(given):
    positive = [np.abs(ys) for ys in given]
    if any(np.any(ys) for ys in positive):
        check(plotted(panel(positive, log=True)).scene)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=20))
def test_a_curve_is_where_its_numbers_are(ys):
    of = panel([ys], log=False)
    (curve, x, y), = groups(plotted(of).scene.items, "curve")  # fmt: skip
    (frame, left, top), = groups(plotted(of).scene.items, "axes")  # fmt: skip
    box = next(areas([item for item in frame.items if isinstance(item, Rectangle)], left, top))
    found = list(areas([item for item in curve.items if not isinstance(item, Path)], x, y))
    low, high = of.upwards
    for k, (area, value) in enumerate(zip(found, ys, strict=True)):
        across = ((area.left + area.right) / 2 - box.left) / (box.right - box.left)
        upwards = (box.bottom - (area.top + area.bottom) / 2) / (box.bottom - box.top)
        assert across == pytest.approx(k / (len(ys) - 1), abs=1e-6)
        assert low + upwards * (high - low) == pytest.approx(value, abs=1e-6 * (high - low))


@pytest.mark.parametrize("width", ["84mm", "160mm"])
@pytest.mark.parametrize("theme", THEMES)
def test_type_can_be_read_on_a_page(width, theme):
    curves = [np.geomspace(10.0**k, 1e-3, 50) for k in range(MOST)]
    assert smallest(plotted(panel(curves), width=width, theme=theme).scene) >= 6


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_curves_differ_in_colours_and_without(theme):
    strokes = [stroke_of(k, theme) for k in range(MOST)]
    assert MOST == len(DASHES) >= 10
    assert len({stroke.pattern for stroke in strokes}) == MOST
    if len({*theme.paths}) > 1:
        assert len({stroke.colour for stroke in strokes}) == MOST
    for stroke in strokes:
        assert contrast(stroke.colour, theme.background) >= 2


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-300, 100), min_size=2, max_size=20))
def test_a_logarithmic_axis_goes_down_to_the_least_number_or_says_where_it_ends(powers_of_ten):
    of = panel([10.0 ** np.array(powers_of_ten)], log=True)
    low, high = of.upwards
    said = " ".join(f.source for f in plotted(of).plotted.fragments)
    shown = min(powers_of_ten) >= low - 1e-9
    assert shown == ("leaves at the bottom: less than" not in said)
    assert shown or high - low > 40


def test_an_axis_is_logarithmic_where_that_helps():
    assert panel([[100, 0.5]]).is_log
    assert panel([[100, 0.5, 0]]).is_log  # 0 leaves it at the bottom
    assert not panel([[100, 2]]).is_log
    assert not panel([[100, 0.5, -1]]).is_log
    assert not panel([[100, 0.5]], log=False).is_log
    with pytest.raises(DrawingError, match=r"method 0\(0.01\) is -1 at step 1"):
        plotted(panel([[1, -1]], log=True))
    with pytest.raises(DrawingError, match="all numbers are 0"):
        plotted(panel([[0, 0]], log=True))


def test_what_diverges_leaves_at_the_top_and_is_told():
    plot = plotted(panel([[1, 0.5, 0.2], [1, 1e30, 1e90]], log=False, most=1))
    check(plot.scene)
    assert "method 1(0.01) leaves at the top" in [f.source for f in plot.scene.fragments]


def test_too_many_curves_and_none_are_refused():
    with pytest.raises(DrawingError, match="there are 13 curves; at most 12"):
        plotted(panel([[1, 2]] * 13))
    with pytest.raises(DrawingError, match="no finite number"):
        plotted(panel([[np.nan, np.inf]]))
    with pytest.raises(DrawingError, match="no finite number"):
        plotted(panel([[0.0, 1.0], [2.0, 3.0]], most=-1.0))
    with pytest.raises(DrawingError, match="no finite number"):
        plotted(panel([]))


def test_gaps_are_where_numbers_are_not_finite():
    (curve, _, _), = groups(plotted(panel([[1, 2, np.nan, 4, 5]])).scene.items, "curve")  # fmt: skip
    assert len([item for item in curve.items if isinstance(item, Path)]) == 2


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-100, 100), max_size=9).map(sorted), st.floats(1, 30))
def test_names_are_apart_and_moved_no_further_than_needed(places, distance):
    found = apart(places, distance)
    assert all(b - a >= distance - 1e-6 for a, b in itertools.pairwise(found))
    if all(b - a >= distance for a, b in itertools.pairwise(places)):
        assert found == pytest.approx(places)
    assert sum(found) == pytest.approx(sum(places), abs=1e-6)


def test_a_long_curve_keeps_its_extremes_in_few_points():
    ys = np.sin(np.arange(20_000.0))
    ys[7_777] = 5.0
    (curve, _, _), = groups(plotted(panel([ys])).scene.items, "curve")  # fmt: skip
    (path,) = curve.items
    assert len(path.pieces) <= 4 * BINS
    low, high = panel([ys]).upwards
    top = min(points[-1][1] for points in path.pieces)
    assert high - top / 200.0 * (high - low) == pytest.approx(5.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-300, 600), st.floats(-300, 600)), min_size=2, max_size=12))
def test_lines_are_cut_at_the_axes(points):
    axes = Axes((0, 1), (0, 1), 320.0, 200.0)
    for line in within(axes, points):
        assert len(line) > 1
        assert all(-1e-3 <= x <= 320.001 and -1e-3 <= y <= 200.001 for x, y in line)
    if all(0 < x < 320 and 0 < y < 200 for x, y in points) and len(set(points)) == len(points):
        assert list(within(axes, points)) == [points]


@pytest.mark.parametrize("count", [2, 3])
def test_on_a_slide_panels_stand_beside_each_other(count):
    several = [panel([np.arange(1.0, 9.0), np.ones(8)]) for _ in range(count)]
    beside, below = plotted(*several, aspect="16:9"), plotted(*several, width="160mm")
    check(beside.scene)
    frames = [(x, y) for _, x, y in groups(beside.scene.items, "panel")]
    assert len({round(x, 6) for x, _ in frames}) == 2
    assert len({round(y, 6) for _, y in frames}) == count - 1
    assert len({round(x, 6) for _, x, _ in groups(below.plotted.items, "panel")}) == 1
    assert smallest(beside.scene) >= 6


@given(st.floats(-300, 300), st.floats(0.3, 30))
def test_logarithmic_axes_have_round_numbers_at_their_places(low, length):
    found = powers((low, low + length))
    assert 1 <= len(found) <= 7 or length < 0.5
    for place, number in found:
        assert low - 1e-6 <= place <= low + length + 1e-6
        assert math.log10(number) == pytest.approx(place, abs=1e-9)
        assert f"{number:e}"[0] in "125"
    if length > 3:
        assert all(place == round(place) for place, _ in found)
    assert len({round(b - a, 6) for (a, _), (b, _) in itertools.pairwise(found)}) <= 1 or length < 3
