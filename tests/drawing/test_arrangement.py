"""How graphs are laid out: spines, orders, frames, cells and lines, whatever the graph."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from functools import cache

import numpy as np
import pytest
from drawing_graphs import tangled
from graphs_to_lay_out import KINDS, unrolled
from grouped_graphs import swept
from scipy.optimize import linprog

import graphdiff as gd
from graphdiff.drawing import draw
from graphdiff.drawing.layout import distances, dot, layout
from graphdiff.drawing.layout.areas import along, framed, title_area, whole
from graphdiff.drawing.layout.boxes import measure
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.distances import Distances
from graphdiff.drawing.layout.layout import lay_out
from graphdiff.drawing.layout.pattern import pattern

DIRECTIONS = ("LR", "TB")
RANDOM = {f"tangled {seed}, {size}": (seed, size) for seed, size in enumerate((10, 17, 30, 45, 60))}
EVERY = [*itertools.product(KINDS, DIRECTIONS), *((name, "LR") for name in RANDOM)]


@cache
def found(name, direction):
    """Return a layout, and what stands out in the graph."""
    graph = tangled(*RANDOM[name]) if name in RANDOM else KINDS[name]()
    laid_out = lay_out(measure(draw(graph, swept(graph)).description), direction)
    return laid_out, pattern(laid_out.measured.description)


def areas(laid_out):
    return [whole(c, box) for c, box in zip(laid_out.nodes, laid_out.measured.nodes, strict=True)]


def overlap(one, other, by=0.0):
    return (
        one[0] < other[2] - by
        and other[0] < one[2] - by
        and one[1] < other[3] - by
        and other[1] < one[3] - by
    )


def across(laid_out, direction):
    """Return the middles of nodes across the direction of reading."""
    return [centre[direction == "LR"] for centre in laid_out.centres]


@pytest.mark.parametrize(("name", "direction"), EVERY)
def test_the_spine_is_straight(name, direction):
    laid_out, seen = found(name, direction)
    places = across(laid_out, direction)
    assert len(seen.spine) > 0
    pairs = {  # a frame that leads to others and back cannot be on one line with them
        (u, v)
        for u, v in itertools.pairwise(seen.spine)
        if seen.frame_of.get(u) == seen.frame_of.get(v)
        or {seen.frame_of.get(node) for node in (u, v)} <= {*seen.blocks, None}
    }
    assert name == "scattered" or len(pairs) == len(seen.spine) - 1
    assert all(abs(places[u] - places[v]) < 0.01 for u, v in pairs)
    for edge, curve in zip(seen.edges, laid_out.curves, strict=True):
        if edge in pairs and seen.edges.count(edge) == 1:
            points = [point[direction == "LR"] for point in (*curve.points, curve.tip)]
            assert np.ptp(points) < 0.01


@pytest.mark.parametrize(("name", "direction"), EVERY)
def test_no_edge_passes_through_a_node(name, direction):
    laid_out, seen = found(name, direction)
    boxes = areas(laid_out)
    for one, other in itertools.combinations(boxes, 2):
        assert not overlap(one, other)
    for (u, v), curve in zip(seen.edges, laid_out.curves, strict=True):
        points = np.array(list(along(curve)))
        points = np.concatenate([points, (points[1:] + points[:-1]) / 2])
        for k, (left, top, right, bottom) in enumerate(boxes):
            x, y = points.T
            inside = (left - 2 < x) & (x < right + 2) & (top - 2 < y) & (y < bottom + 2)
            assert k in (u, v) or not inside.any(), (seen.edges.index((u, v)), k)


@pytest.mark.parametrize(("name", "direction"), EVERY)
def test_leaves_of_a_node_stand_in_the_order_of_its_formula(name, direction):
    laid_out, seen = found(name, direction)
    places = across(laid_out, direction)
    edges, nodes = laid_out.measured.description.edges, laid_out.measured.description.nodes
    heads = defaultdict(set)
    for u, v in seen.edges:
        heads[u].add(v)
    leaves = defaultdict(list)
    for (u, v), edge in zip(seen.edges, edges, strict=True):
        if nodes[u].kind != "computation" and heads[u] == {v}:
            leaves[v, seen.frame_of.get(u)].append((edge.slot, places[u]))
    for some in leaves.values():
        in_order = [place for _, place in sorted(some)]
        assert in_order == sorted(in_order)


@pytest.mark.parametrize(("name", "direction"), EVERY)
def test_edges_enter_side_by_side(name, direction):
    laid_out, seen = found(name, direction)
    tips = defaultdict(list)
    for k, ((_, head), curve) in enumerate(zip(seen.edges, laid_out.curves, strict=True)):
        assert k not in seen.turned
        tips[head].append(curve.tip[direction == "LR"])
    for some in tips.values():
        assert min(np.diff(sorted(some)), default=9) > 1


@pytest.mark.parametrize(("name", "direction"), EVERY)
def test_frames_are_a_grid(name, direction):
    """Frames are apart; those one behind the other begin and end at the same heights."""
    laid_out, seen = found(name, direction)
    frames = list(map(framed, laid_out.clusters))
    for one, other in itertools.combinations(frames, 2):
        assert not overlap(one, other)
    side = direction == "LR"
    rows = defaultdict(list)
    for k in seen.blocks:
        rows[frames[k][side], frames[k][side + 2]].append(k)
    spans = [(start, end) for start, end in rows]
    for one, other in itertools.combinations(spans, 2):
        assert one[1] <= other[0] or other[1] <= one[0], "two rows overlap: one is aslant"
    on_spine = {seen.frame_of[node] for node in seen.spine if node in seen.frame_of} & seen.blocks
    assert sum(bool(on_spine & set(some)) for some in rows.values()) <= 1


@pytest.mark.parametrize(("name", "direction"), EVERY)
def test_no_edge_runs_along_a_border_or_through_a_title(name, direction):
    laid_out, _ = found(name, direction)
    for frame in laid_out.clusters:
        left, top, right, bottom = framed(frame)
        for curve in laid_out.curves:
            for (x, y), (to_x, to_y) in itertools.pairwise(along(curve)):
                for border in (left, right):
                    near = abs(x - border) < 2 and abs(to_x - border) < 2
                    assert not near or abs(to_y - y) < 12 or not top < y < bottom
                for border in (top, bottom):
                    near = abs(y - border) < 2 and abs(to_y - border) < 2
                    assert not near or abs(to_x - x) < 12 or not left < x < right
    cleared = lay_out_clearly(laid_out.measured, direction)
    for frame in cleared.clusters:
        title = title_area(frame)
        for curve in cleared.curves:
            assert not any(
                title[0] <= x <= title[2] and title[1] <= y <= title[3] for x, y in along(curve)
            )


@pytest.mark.parametrize(("name", "direction"), EVERY)
def test_cells_are_in_step(name, direction):
    laid_out, seen = found(name, direction)
    for first, *others in seen.cells:
        for other in others:
            pairs = zip(seen.members[first], seen.members[other], strict=True)
            a, b = np.transpose(
                [(laid_out.centres[u], laid_out.centres[v]) for u, v in pairs], (1, 0, 2)
            )
            assert np.allclose(a - a[0], b - b[0], atol=0.02)


@pytest.mark.parametrize("steps", range(3, 9))
def test_steps_of_a_recurrent_network_are_equally_far_apart(steps):
    graph = unrolled(steps)
    laid_out = lay_out(measure(draw(graph, swept(graph)).description), "LR")
    seen = pattern(laid_out.measured.description)
    assert len(seen.cells[0]) == steps
    starts = [laid_out.centres[seen.members[f][0]] for f in seen.cells[0]]
    apart = np.diff(starts, axis=0)
    assert np.allclose(apart[:, 1], 0)
    assert np.allclose(apart, apart[-1], rtol=0.2)


@pytest.mark.parametrize("view", ["layers", "neurons"])
@pytest.mark.parametrize("sizes", [[2, 2, 1], [3, 4, 2], [2, 3, 3, 1]])
def test_neurons_and_inputs_stand_in_their_order(sizes, view):
    graph = gd.models.mlp(sizes, seed=1, view=view)
    laid_out = lay_out(measure(draw(graph, swept(graph)).description), "LR")
    label_of = {label.name: k for k, label in enumerate(laid_out.measured.description.nodes)}
    columns = defaultdict(list)
    for name, k in label_of.items():
        x, y = laid_out.centres[k]
        columns[name.rstrip("0123456789"), round(x)].append((k, y))
    for some in columns.values():
        heights = [y for _, y in sorted(some)]
        assert heights == sorted(heights)


def test_targets_stand_beside_the_loss():
    for sizes in ([3, 2], [4, 6, 1]):
        graph = gd.models.mlp(sizes, seed=1)
        laid_out = lay_out(measure(draw(graph, swept(graph)).description), "LR")
        seen = pattern(laid_out.measured.description)
        (target,) = (u for u, v in seen.edges if v == seen.spine[-1] and u not in seen.spine)
        loss = areas(laid_out)[seen.spine[-1]]
        behind = [a for k, a in enumerate(areas(laid_out)) if k != seen.spine[-1]]
        assert areas(laid_out)[target][2] < loss[0]
        assert areas(laid_out)[target][2] >= max(a[0] for a in behind)


def test_edges_of_one_node_go_together_and_part_in_sight():
    """Lines that lie on each other begin at one node, and end side by side."""
    laid_out, seen = found("unrolled 5", "LR")
    lines = [list(along(curve)) for curve in laid_out.curves]
    for (k, one), (j, other) in itertools.combinations(enumerate(lines), 2):
        same = len(set(one) & set(other))
        assert same == 0 or seen.edges[k][0] == seen.edges[j][0]
        assert one[-1] != other[-1]


def test_distances():
    wanted = Distances(4)
    wanted.apart += [(0, 1, 2.0), (1, 2, 3.0)]
    wanted.near += [([(0, 1.0), (2, -1.0)], 1.0), ([(3, 1.0), (1, -1.0)], 1.0)]
    assert wanted.best([]) == pytest.approx([0, 2, 5, 2])
    impossible = [[(0, 1.0), (1, -1.0)]]
    assert wanted.best([impossible, [[(3, 1.0), (0, -1.0)]]]) == pytest.approx([0, 2, 5, 0])
    wanted.apart.append((2, 0, 1.0))
    assert wanted.solved() is None
    with pytest.raises(ValueError, match="in a circle"):
        wanted.best([])


@pytest.mark.parametrize("seed", range(8))
def test_distances_are_the_best(seed):
    """As near as numbers found by another program can be, and as far apart as they have to."""
    chance = random.Random(seed)
    count = 12
    wanted = Distances(count)
    for b in range(1, count):
        wanted.apart += [(a, b, chance.random() * 9) for a in chance.sample(range(b), min(b, 2))]
    for _ in range(20):
        terms = [(k, chance.choice([1.0, -1.0, -0.5])) for k in chance.sample(range(count), 3)]
        wanted.near.append((terms, chance.random()))
    wanted.near += [([(b, 1.0), (a, -1.0)], 0.1) for a, b, _ in wanted.apart]
    wanted.equal.append([(5, 1.0), (0, -1.0), (9, -1.0), (4, 1.0)])
    found = wanted.solved()
    assert found[0] == 0
    assert all(found[b] - found[a] >= gap - 2e-3 for a, b, gap in wanted.apart)
    assert found[5] - found[0] == pytest.approx(found[9] - found[4], abs=4e-3)
    assert _longing(wanted, found) == pytest.approx(_longing(wanted, _stepwise(wanted)), abs=0.05)


def _longing(wanted, numbers):
    return sum(weight * abs(sum(c * numbers[k] for k, c in some)) for some, weight in wanted.near)


def _stepwise(wanted):
    """Solve the program as it is stated, ±sum ≤ t for each sum."""
    size, sums = wanted.count + len(wanted.near), enumerate(wanted.near, wanted.count)
    above, most, held = [], [], []
    for a, b, gap in wanted.apart:
        above.append({a: 1.0, b: -1.0})
        most.append(-gap)
    for t, (some, _) in sums:
        above += [{**{k: s * c for k, c in some}, t: -1.0} for s in (1, -1)]
        most += [0.0, 0.0]
    held = [{0: 1.0}, *map(dict, wanted.equal)]
    rows = [[row.get(k, 0.0) for k in range(size)] for row in (*above, *held)]
    weights = [0.0] * wanted.count + [weight for _, weight in wanted.near]
    bounds = [(None, None)] * size
    return linprog(
        weights, rows[: len(above)], most, rows[len(above) :], [0.0] * len(held), bounds
    ).x


def test_the_program_has_a_row_for_each_number(monkeypatch):
    """However many sums there are."""
    asked = []
    solve = distances.linprog
    monkeypatch.setattr(
        distances, "linprog", lambda *a, **k: asked.append(k["A_eq"].shape) or solve(*a, **k)
    )
    lay_out(measure(draw(unrolled(8)).description), "LR")
    assert asked
    assert all(rows < columns for rows, columns in asked)


@pytest.mark.parametrize("name", ["unrolled 5", *RANDOM])
def test_graphviz_is_asked_for_an_order_alone(name):
    """It is the order of a layout with places of its own, without the work for these."""
    leveled, rooms = layout.in_levels(found(name, "LR")[0].measured, "LR")
    source = dot.layout_source(leveled, rooms)
    program = layout.find_dot()
    orders = []
    for asked in (source, source.replace("nslimit=0", "").replace("splines=none", "")):
        objects = {one["name"]: one for one in layout.run(program, asked)["objects"]}
        heights = [float(objects[f"n{k}"]["pos"].split(",")[1]) for k in range(len(rooms))]
        ranks = [element.rank for element in leveled.elements]
        orders.append(sorted(range(len(rooms)), key=lambda k: (ranks[k], heights[k])))
    assert orders[0] == orders[1]
    assert all("pos" not in edge for edge in layout.run(program, source)["edges"])


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
@pytest.mark.parametrize("framed", [True, False])
def test_loops_of_folded_steps_turn_round_what_they_repeat(framed, direction):
    graph = unrolled(8, framed=framed)
    picture = draw(graph, swept(graph), direction=direction, collapse="chains")
    laid_out = lay_out(measure(picture.description), direction)
    (loop,) = pattern(picture.description).loops
    points = np.array(list(along(laid_out.curves[loop])))
    for left, top, right, bottom in areas(laid_out):
        x, y = points.T
        inside = (left + 1 < x) & (x < right - 1) & (top + 1 < y) & (y < bottom - 1)
        assert not inside.any()
    side = direction in ("TB", "BT")
    level = points[:, 1 - side]
    assert min(np.abs(level - level.min())) < 0.01  # it goes back beyond all that it repeats
    assert np.ptp(points[np.isclose(level, level.min(), atol=0.5)][:, int(side)]) > 300
