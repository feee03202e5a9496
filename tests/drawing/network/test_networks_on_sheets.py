"""Networks for a width or a slide, and in all directions: type can be read, nothing overlaps."""

import itertools
import random
import re
import warnings
from functools import cache

import pytest
from test_figures import check, texts, unit_circles, walked
from test_shown_numbers import two_two_two

import graphdiff as gd
from graphdiff.drawing import typeset
from graphdiff.drawing.extents import areas
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.network.elision import excerpt
from graphdiff.drawing.network.figure import figure
from graphdiff.drawing.network.fitted import DROPPED
from graphdiff.drawing.network.pens import STEP, Label
from graphdiff.drawing.options import DIRECTIONS, Options
from graphdiff.drawing.scene import Text
from graphdiff.drawing.themes import THEMES
from graphdiff.drawing.writers.fitting import SmallPrintWarning
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers

SHEETS = {
    "page": {"width": "160mm"},
    "column": {"width": "84mm"},
    "slide": {"aspect": "16:9"},
    "back": {"width": "84mm", "direction": "RL"},
    "up": {"aspect": "16:9", "direction": "BT"},
}


def random_network(seed: int) -> tuple[gd.Graph, dict]:
    """Return a network of random sizes, and how its edges are drawn."""
    pick = random.Random(seed)
    sizes = [pick.randint(1, 6) for _ in range(pick.randint(2, 5))]
    if seed % 4 == 3:
        sizes[pick.randrange(len(sizes) - 1)] = 40
    x = [pick.choice([1, 0.5, -1, 2, 0.1234]) for _ in range(sizes[0])]
    y = [0.5] * sizes[-1]
    made = gd.models.mlp(
        sizes, seed=seed, x=x, y=y if len(y) > 1 else y[0],
        activation=pick.choice(["sigmoid", "tanh", "relu"]),
    )  # fmt: skip
    edges = pick.choice(["weight", "gradient", "both"])
    return made, {"edges": edges, "rate": pick.choice([None, 0.5])}


CASES = [(seed, sheet) for seed in range(4) for sheet in SHEETS]


@cache
def drawn(seed: int, sheet: str):
    graph, more = random_network(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error", SmallPrintWarning)
        picture = graph.draw(graph.backward(), style="network", **more, **SHEETS[sheet])
        picture.scene  # noqa: B018
    return graph, picture


@pytest.mark.parametrize(("seed", "sheet"), CASES)
def test_type_can_be_read_and_nothing_overlaps(seed, sheet):
    _, picture = drawn(seed, sheet)
    assert smallest(picture.scene) >= 6 - 1e-6
    check(picture._whole)


@pytest.mark.parametrize(("seed", "sheet"), CASES)
def test_what_is_left_out_is_told_in_the_stated_order(seed, sheet):
    _, picture = drawn(seed, sheet)
    told = re.search(r"On \S+ mm.*? there is no room for (.*?)\.$", picture.alt)
    said = re.split(r", (?=[a-zδ])| and (?!biases)", told[1]) if told else []
    order = [called for _, called in DROPPED]
    places = [order.index(one) for one in said]
    assert places == sorted(places)
    kinds = {kind for _, _, _, kinds in walked(picture.scene.items) for kind in kinds}
    if "δ of neurons" in said:
        assert not any(kind.startswith("deltas") for kind in kinds)
    if "weights and biases" in said:
        assert not any(kind.startswith(("weights", "gradients", "biases")) for kind in kinds)
    if "values" in said:
        assert not any(kind.startswith("values") for kind in kinds)


def test_every_weight_of_a_table_is_on_its_edge_and_has_its_number():
    graph = two_two_two()
    run = graph.backward()
    scene = graph.draw(run, style="network", edges="both", rate=0.5, width="84mm").scene
    assert "table of weights" in kinds_of(scene)
    said: dict[bool, list[int]] = {True: [], False: []}
    listed = []
    for item, _, _, kinds in walked(scene.items):
        if not isinstance(item, Text):
            continue
        in_table, source = "table of weights" in kinds, item.fragment.source or ""
        if re.fullmatch(r"[1-9]\d*", source):
            if in_table or any(kind.startswith(("weights", "biases")) for kind in kinds):
                said[in_table].append(int(source))
        elif in_table:
            listed.append(source)
    assert said[True] == list(range(1, 8 + 4 + 1))
    assert sorted(said[False]) == said[True]
    for k in range(1, 9):
        (step, gradient) = (one for one in listed if f"w_{{{k}}}" in one)
        value, slope = run.value[f"w_{k}"], float(run.gradient[f"w_{k}"])
        before, after = map(float, re.findall(r"[\d.]+", step.partition("=")[2]))
        assert before == value
        assert after == pytest.approx(value - 0.5 * slope, abs=1e-3)
        shown = re.search(r"(?:=|approx) \{?(-?[\d.]+)", gradient)
        assert float(shown[1]) == pytest.approx(slope, rel=1e-2)


def kinds_of(scene) -> set[str]:
    return {kind for _, _, _, kinds in walked(scene.items) for kind in kinds}


# Directions


def perceptron() -> gd.Graph:
    return gd.models.perceptron(2, "sigmoid", [2, -3], -3, x=[-1, -2], title="Sigmoid neuron")


def layers() -> gd.Graph:
    return gd.models.mlp([2, 3, 2], seed=1, x=[1, 2], y=[0, 1])


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("make", [perceptron, layers])
def test_units_come_in_the_order_of_the_direction_and_words_are_not_mirrored(make, direction):
    graph = make()
    scene = graph.draw(graph.backward(), style="network", direction=direction).scene
    check(scene)
    axis = 0 if direction in ("LR", "RL") else 1
    way = 1 if direction in ("LR", "TB") else -1
    places = {}
    for item, x, y, kinds in walked(scene.items):
        column = next((kind for kind in kinds if kind.startswith("units layer-")), None)
        if column and hasattr(item, "radius"):
            at = ((x, y)[axis] + (item.x, item.y)[axis]) * way
            places.setdefault(column.split()[1], set()).add(round(at, 3))
    ordered = [places[column] for column in sorted(places)]
    assert len(ordered) > 1
    for before, after in itertools.pairwise(ordered):
        assert max(before) < min(after)
    forth = graph.draw(
        graph.backward(),
        style="network",
        direction={"RL": "LR", "BT": "TB"}.get(direction, direction),
    ).scene
    assert written(scene) == written(forth)


def written(scene) -> list[str]:
    return sorted(
        item.fragment.source or "" for item, *_ in walked(scene.items) if isinstance(item, Text)
    )


# The step as an arrow


def test_the_arrow_of_a_step_is_as_long_as_the_step_is_large():
    graph = layers()
    run, options = graph.backward(), Options(rate=0.5)
    network = read(graph)
    numbers = Numbers(network, graph, run)
    found = figure(excerpt(network), numbers, options)
    steps = {}
    for label, link in zip(found.labels, excerpt(network).links, strict=True):
        change = -0.5 * float(numbers.gradient(link.weight))
        if label is not None:
            steps[change] = label[0].step
    assert len(steps) > 6
    bias_changes = [
        -0.5 * float(numbers.gradient(network.units[k].added[0])) for k in network.neurons
    ]
    longest = max(map(abs, (*steps, *bias_changes)))
    for change, step in steps.items():
        assert step == pytest.approx(change / longest)


@pytest.mark.parametrize("step", [1.0, 0.6, -0.6, -1.0])
def test_an_arrow_points_up_where_the_weight_grows(step):
    theme = THEMES["lecture"]
    label = Label(((typeset.words("0.5", 13.5), "black"),), step, "green", "red")
    line, head = list(label.drawn((100.0, 50.0), theme))[-2:]
    ((end,),) = line.pieces
    assert (line.start[1] > end[1]) == (step > 0)
    assert line.stroke.colour == ("green" if step > 0 else "red")
    tip = min(line.start[1], end[1]) if step > 0 else max(line.start[1], end[1])
    assert abs(tip - 50) < STEP / 2
    area = label.area((100.0, 50.0))
    for one in areas([line, head]):
        assert area.left <= one.left <= one.right <= area.right + 0.8
        assert area.top - 0.8 <= one.top <= one.bottom <= area.bottom + 0.8


def test_a_sheet_changes_nothing_of_what_is_read():
    graph = layers()
    assert excerpt(read(graph)).is_whole
    wide = graph.draw(style="network", width="900mm")
    assert wide.scene.pixels == graph.draw(style="network").scene.pixels
    assert unit_circles(wide.scene)
    assert texts(wide.scene)
