"""Type can be read on every sheet, whatever is plotted: axes take the room that is left."""

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from plot_checks import check
from plot_zoo import KINDS, SHEETS, points, race, trace, weights

import graphdiff as gd
from graphdiff.drawing.extents import areas
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.plots.decision import DOT
from graphdiff.drawing.scene import Circle
from graphdiff.drawing.writers.fitting import SmallPrintWarning

TOO_MANY = ("many signals", "slide")
"""72 histograms have no room on a slide, which is said."""


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("name", KINDS)
def test_type_is_large_enough(name, sheet):
    plot = KINDS[name](**SHEETS[sheet])
    with warnings.catch_warnings():
        warnings.simplefilter("error" if (name, sheet) != TOO_MANY else "ignore")
        scene = plot.scene
    assert (smallest(scene) >= 6 - 1e-6) == ((name, sheet) != TOO_MANY)
    check(scene)
    if sheet == "slide":
        assert math.isclose(scene.width / scene.height, 16 / 9)


def test_a_sheet_without_room_is_told():
    with pytest.warns(SmallPrintWarning, match="smallest letters"):
        assert KINDS["many signals"](aspect="16:9").scene.items


@pytest.mark.parametrize("min_pt", [0, 4, 8, 10])
@pytest.mark.parametrize("name", ["and", "loss", "trace"])
def test_the_least_type_is_what_is_asked_for(name, min_pt):
    plot = KINDS[name](width="120mm", min_pt=min_pt)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallPrintWarning)
        assert smallest(plot.scene) >= min(min_pt, 8.6)  # as large as it is without a sheet


def test_a_plot_that_has_room_is_as_it_is_without_a_sheet():
    for name in ("and", "loss", "race"):
        assert KINDS[name](width="400mm").scene == KINDS[name]().scene


def test_more_dots_are_smaller_and_cover_no_more():
    gate = gd.models.gate("and")
    radii = []
    for count in (4, 50, 400, 1500):
        at, _ = points(count)
        scene = gate.plot_decision(at).scene
        radii.append({item.radius for item in flat(scene.items) if isinstance(item, Circle)})
    (first,), *others = radii
    assert first == DOT
    sizes = [max(some) for some in radii]
    assert sizes == sorted(sizes, reverse=True)
    assert all(len(some) == 1 for some in others)
    assert 50 * sizes[1] ** 2 <= 12.1 * DOT**2
    assert sizes[2] <= 1.8


@pytest.mark.parametrize(("bias", "told"), [(-30, "no"), (30, "yes"), (-1, None)])
@pytest.mark.parametrize("activation", ["step", "sigmoid"])
def test_a_line_out_of_sight_is_told(bias, told, activation):
    plot = gd.models.perceptron(2, activation, [1, 1], bias).plot_decision()
    said = f"all that is seen is {told}"
    assert (told is not None) == (said in plot.alt) == ("out of sight" in words(plot))
    net = gd.models.mlp([2, 3, 1], "tanh", activation, None, biases=[[0, 0, 0], [bias / 30]],
                        weights=[[[1, 0], [0, 1], [1, 1]], [[0.1, 0.1, 0.2]]])  # fmt: skip
    hidden = net.plot_decision()
    assert (told is not None) == (said in hidden.alt) == ("no line is in sight" in words(hidden))


def test_weights_are_chosen_by_integers_of_any_kind():
    assert weights(4, rows=np.arange(2)).svg == weights(4, rows=[0, 1]).svg
    with pytest.raises(gd.GraphdiffError, match="has no row True"):
        weights(4, rows=[True])


def words(plot):
    return " ".join(fragment.plain for fragment in plot.plotted.fragments)


def flat(items):
    for item in items:
        yield from flat(item.items) if hasattr(item, "items") else [item]


def test_parts_of_a_plot_never_meet():
    for name in ("xor", "activation", "history", "signals"):
        for columns in (1, 2):
            sketch = KINDS[name]().sketch
            scene = sketch.scene(replace(sketch.usual, columns=columns, aside=True))
            check(scene)
            assert all(area.right <= scene.width for area in areas(scene.items))


@pytest.mark.parametrize("sheet", SHEETS)
def test_plots_that_play_are_drawn_for_the_sheet_too(sheet):
    land = gd.learning.landscapes.rosenbrock
    paths = race().frames(ranges=land.ranges, steps=[0, 5, 60], **SHEETS[sheet])
    learning = trace().frames(lambda g: g.plot_decision(points(30), **SHEETS[sheet]), steps=20)
    for frames in (paths, learning):
        assert len({frame.scene.pixels for frame in frames}) == 1
        for frame in frames:
            assert smallest(frame.scene) >= 6 - 1e-6


@pytest.mark.parametrize("choices", [{"edges": "gradient"}, {"edges": "both"}, {"rate": 0.5}])
def test_steps_of_a_network_refuse_what_they_do_not_show(choices):
    graph = trace().graph
    (name,) = choices
    with pytest.raises(gd.GraphdiffError, match=f"^{name}=.*leave {name} out"):
        graph.frames(graph.backward(), style="network", **choices)
