"""How a graph says that it is drawn: its ``[drawing]``, in files, at calls and as arguments."""

from __future__ import annotations

import contextlib
import copy
import io
import math
import pickle
import re
import xml.etree.ElementTree as ET
from dataclasses import fields

import pytest
from grouped_graphs import layers
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import graphdiff as gd
from graphdiff.cli import main
from graphdiff.drawing import ANNOTATIONS, DIRECTIONS, THEMES
from graphdiff.drawing.colours import NAMES
from graphdiff.drawing.options import Options, Saving, SavingSteps
from graphdiff.errors import GraphdiffError

GRAPH = """\
[inputs]
x = 2
[parameters]
w = 3
[nodes]
z = "w*x"
a = "tanh(z)"
"""
ELEMENTS = st.sampled_from(["x", "w", "z", "a", "w->z", "z->a", "inputs", "edges"])
NODES = st.sampled_from(["x", "w", "z", "a"])
COLOURS = st.sampled_from(sorted(NAMES)) | st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
SHOWN = st.lists(st.sampled_from(ANNOTATIONS), unique=True)
TABLES = st.fixed_dictionaries(
    {},
    optional={
        "direction": st.sampled_from(DIRECTIONS),
        "theme": st.sampled_from(sorted(THEMES))
        | st.fixed_dictionaries({"base": st.sampled_from(sorted(THEMES)), "ink": COLOURS}),
        "digits": st.integers(1, 17),
        "legend": st.booleans(),
        "show": SHOWN | st.dictionaries(ELEMENTS, SHOWN),
        "hide": SHOWN | st.dictionaries(ELEMENTS, SHOWN | st.just("all")),
        "colors": st.dictionaries(ELEMENTS, COLOURS),
        "font_size": st.floats(3, 100) | st.dictionaries(ELEMENTS, st.integers(3, 100)),
        "highlight": st.lists(st.sampled_from(["x", "w->z", "w->z->a"]), unique=True)
        | st.dictionaries(NODES, COLOURS),
        "note": st.dictionaries(NODES, st.sampled_from(["here", "a $z^2$ of “it”", "số đầu"])),
        "labels": st.dictionaries(st.just("z"), st.sampled_from([r"\hat y", "h_{t-1}"])),
        "dpi": st.integers(30, 600),
        "size": st.sampled_from(["160mm x 90mm", "5in x 3in"]),
        "width": st.sampled_from(["160mm", 640]),
    },
)


def read(tmp_path, table: str, name="g.toml") -> gd.Graph:
    path = tmp_path / name
    path.write_text(f"{GRAPH}[drawing]\n{table}\n", encoding="utf-8")
    return gd.load(path)


@settings(max_examples=60, deadline=None)
@given(table=TABLES)
def test_a_table_round_trips_and_is_what_keywords_are(tmp_path_factory, table):
    folder = tmp_path_factory.mktemp("drawings")
    graph = read(folder, "")
    graph.drawing = table
    for name in ("g.toml", "g.json"):
        again = gd.load(graph.save(folder / name, overwrite=True))
        assert again.drawing == graph.drawing
    for other in (copy.deepcopy(graph), pickle.loads(pickle.dumps(graph)),
                  gd.Graph.from_networkx(graph.to_networkx())):  # fmt: skip
        assert other.drawing == graph.drawing
    plain = gd.load(graph.save(folder / "g.toml", overwrite=True))
    plain.drawing = {}
    names = {one.name for one in fields(Options)}
    chosen = {name: value for name, value in table.items() if name in names}
    assert graph.draw().options == plain.draw(**chosen).options


def test_keywords_are_before_the_table(tmp_path):
    graph = read(tmp_path, 'theme = "dark"\ncolors = {z = "gold"}')
    assert graph.draw().options.theme == THEMES["dark"]
    assert graph.draw(theme="print").options.theme == THEMES["print"]
    assert graph.draw(theme="print").options.colors == {"z": "#ffd700"}
    assert graph.draw(colors={}).options.colors == {}


def test_a_theme_in_a_file(tmp_path):
    table = '[drawing.theme]\nbase = "dark"\nink = "white"\ninput = {fill = "navy"}'
    theme = read(tmp_path, table).draw().options.theme
    assert (theme.ink, theme.kinds["input"].fill) == ("#ffffff", "#000080")


def test_the_frames_follow_the_table(tmp_path):
    graph = read(tmp_path, 'theme = "dark"')
    assert THEMES["dark"].background in graph.frames(graph.backward()).svg


def test_what_is_of_nodes_does_not_keep_a_network_from_being_drawn():
    graph = layers()
    graph.drawing = {"colors": {"inputs": "gold"}, "hide": {"inputs": "value", "all": "legend"}}
    assert graph.draw(style="network").options.show == frozenset(ANNOTATIONS) - {"legend"}
    with pytest.raises(GraphdiffError, match="colors: this is said of the nodes"):
        graph.draw(style="network", colors={"x": "gold"})
    assert "#ffd700" in graph.draw(style="network", colors={"inputs": "gold"}).svg


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("colr = {}", r"\[drawing\]: unknown choice 'colr'; did you mean 'colors'"),
        ('colors = {zz = "red"}', r"\[drawing\]: colors: unknown node 'zz'; did you mean 'z'"),
        ('colors = {z = "reed"}', r"colors of 'z': unknown colour 'reed'; did you mean 'red'"),
        ('theme = "drak"', r"\[drawing\]: unknown theme 'drak'; choose from lecture"),
        ('dpi = "x"', r"dpi is 'x'; give a number from 1 to 4800"),
        ("dpi = 300\nscale = 2", "both say how many pixels"),
        ('hide = {x = "valeu"}', r"did you mean 'value'"),
        ("note = {x = 3}", r"note of 'x' is 3"),
        ('expand = "zz"', r"\[drawing\]: expand: unknown group or node 'zz'; did you mean 'z'"),
        ("legend = 'no'", r"\[drawing\]: legend is 'no'; give true or false"),
        ("collapse = [3]", r"\[drawing\]: collapse: 3 is no name"),
        ("overwrite = true", r"unknown choice 'overwrite'"),
        ('labels = {z = "\\\\write"}', r"\\write is not known"),
        ('highlight = "w->a"', r"there is no edge w->a; to a there are z->a"),
        ("note = {z = {z = {z = {z = {z = 1}}}}}", "nested deeper"),
        (f"hide = [{', '.join(['1'] * 6000)}]", "6001 entries, more than 5000"),
        ("hide = [1979-05-27]", "a file has texts, numbers, lists and tables"),
    ],
)
def test_errors_name_the_key_and_what_is_valid(tmp_path, table, message):
    with pytest.raises(GraphdiffError, match=message) as caught:
        read(tmp_path, table)
    assert str(caught.value).startswith(f"{tmp_path / 'g.toml'}: ")
    assert "\n" not in str(caught.value)


def test_a_drawing_is_a_table(tmp_path):
    (tmp_path / "g.toml").write_text(f"drawing = 3\n{GRAPH}")
    with pytest.raises(GraphdiffError, match=r"'drawing' must be a table"):
        gd.load(tmp_path / "g.toml")


NUMBERS = (10**400, -(10**400), math.nan, math.inf, -1, 0, 1.5, True)
TEXTS = ("", "no", "x", "->", "all", "data", "\x00", "\ud800", "9" * 400 + "mm", "dark, ink", "=")
ANY = st.recursive(
    st.sampled_from((*NUMBERS, *TEXTS, None, b"x", 1j)),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(TEXTS), inner),
    max_leaves=3,
)


@pytest.mark.parametrize("record", [Options, SavingSteps])
@settings(max_examples=40)
@given(value=ANY)
def test_whatever_is_given_is_taken_or_refused_by_name(record, value):
    for one in fields(record):
        with contextlib.suppress(GraphdiffError):
            record(**{one.name: value})


@pytest.mark.parametrize("name", ["legend", "own_value", "overwrite", "numbered"])
def test_what_is_true_or_false_is_no_text(name):
    record = Options if name in {one.name for one in fields(Options)} else SavingSteps
    for value in ("no", "false", [], None, 2):
        with pytest.raises(GraphdiffError, match=rf"{name} is .*; give true or false"):
            record(**{name: value})
    assert getattr(record(**{name: False}), name) is False


@pytest.mark.parametrize("name", ["show", "hide", "collapse", "expand", "highlight"])
def test_names_are_named_with_their_choice(name):
    with pytest.raises(GraphdiffError, match=rf"{name} is 3; give a name, or a list"):
        Options(**{name: 3})


def test_a_node_is_as_good_as_its_name():
    graph = layers()
    node = next(iter(graph.nodes))
    for name in ("hide", "collapse", "expand", "highlight"):
        assert getattr(Options(**{name: node}), name) == getattr(Options(**{name: node.name}), name)


@pytest.mark.parametrize("style", ["graph", "circuit"])
@pytest.mark.parametrize(
    "hide", ["all", {"all": "all"}, ["inputs", "parameters", "computations"], ["x", "w", "z", "a"]]
)
def test_a_picture_of_nothing_is_refused(tmp_path, hide, style):
    with pytest.raises(GraphdiffError, match="hide leaves no node to draw"):
        read(tmp_path, "").draw(hide=hide, style=style)


# Pixels and sizes


def png(picture, tmp_path, **choices) -> Image.Image:
    return Image.open(io.BytesIO(picture.save(tmp_path / "a.png", **choices).read_bytes()))


@pytest.mark.parametrize(("choices", "dpi"), [({"dpi": 300}, 300), ({"scale": 1}, 96), ({}, 192)])
def test_the_density_is_in_the_file(tmp_path, choices, dpi):
    found = png(read(tmp_path, 'width = "100mm"').draw(), tmp_path, **choices)
    assert found.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert found.width == pytest.approx(100 / 25.4 * dpi, abs=dpi / 96 + 1)


def test_the_table_says_how_many_pixels(tmp_path):
    picture = read(tmp_path, "dpi = 300").draw()
    assert png(picture, tmp_path).info["dpi"] == pytest.approx((300, 300), abs=0.02)
    assert png(picture, tmp_path, scale=1).info["dpi"] == pytest.approx((96, 96), abs=0.02)


def test_pixels_are_said_once():
    with pytest.raises(GraphdiffError, match="scale=2 and dpi=300 both say"):
        Saving(scale=2, dpi=300)
    with pytest.raises(GraphdiffError, match="dpi is True"):
        Saving(dpi=True)


def test_too_many_pixels_are_told_as_they_were_asked_for(tmp_path):
    picture = read(tmp_path, "").draw(size=(8000, 6000))
    with pytest.raises(GraphdiffError) as caught:
        picture.save(tmp_path / "a.png", dpi=300)
    said = str(caught.value)
    assert "at scale 3.125 (300 dpi)" in said
    most = int(re.search(r"dpi=(\d+)", said)[1])
    assert 8000 * 6000 * (most / 96) ** 2 <= 80e6 < 8000 * 6000 * ((most + 1) / 96) ** 2


@pytest.mark.parametrize(
    ("size", "pixels"),
    [("5in x 2in", (480, 192)), ((300, 700), (300, 700)), (["25.4mm", "96px"], (96, 96))],
)
def test_an_exact_size(tmp_path, size, pixels):
    scene = read(tmp_path, "").draw(size=size).scene
    assert scene.pixels == pytest.approx(pixels)
    root = ET.fromstring(read(tmp_path, "").draw(size=size).svg)
    assert [float(root.get(side)) for side in ("width", "height")] == pytest.approx(pixels)
    group = scene.items[0]
    for at, inner, whole in ((group.x, scene.width - 2 * group.x, scene.width),
                             (group.y, scene.height - 2 * group.y, scene.height)):  # fmt: skip
        assert at >= -1e-9
        assert inner <= whole + 1e-9
    assert min(group.x, group.y) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("size", ["160mm", "3x", (1, 2, 3), (0, 5), "a x b", 3])
def test_sizes_that_are_none(size):
    with pytest.raises(GraphdiffError, match="size"):
        Options(size=size)


# Opened again


def test_what_is_expanded_is_drawn_one_by_one():
    graph = layers()
    first, *others = graph.groups
    cards = [node.name for node in graph.draw(collapse="all", expand=first).description.nodes]
    assert set(cards) >= {node.name for node in graph.groups[first]}
    assert set(cards) >= set(others)
    assert first not in cards
    single = graph.groups[first][0].name
    assert (
        graph.draw(collapse="all", expand=single).description.nodes
        == graph.draw(collapse="all", expand=[first]).description.nodes
    )
    with pytest.raises(GraphdiffError, match=r"unknown group or node 'layre 1'; did you mean"):
        graph.draw(collapse="all", expand="layre 1").description  # noqa: B018


# Arguments


def test_every_choice_on_the_command_line(tmp_path, capsys):
    (tmp_path / "g.toml").write_text(GRAPH + '[drawing]\ntheme = "dark"\n')
    arguments = [
        "draw", str(tmp_path / "g.toml"), "-o", str(tmp_path / "a.svg"), "--colors", "z=tomato",
        "--colors", "w->z=#1c62a8", "--labels", r"z=\tilde z", "--note", "z=so $z = 6$",
        "--hide", "legend,x", "--hide", "w=value,P", "--highlight", "w->z->a=orange",
        "--font-size", "a=20", "--direction", "BT", "--size", "160mm x 90mm",
    ]  # fmt: skip
    assert main(arguments) == 0
    written = (tmp_path / "a.svg").read_text()
    for part in ("#ff6347", "#ffa500", THEMES["dark"].background, 'class="note"', 'width="604.7'):
        assert part in written
    assert 'data-node="x"' not in written
    assert 'class="legend"' not in written
    titles = re.findall(r'data-node="(\w)"', written)
    assert set(titles) == {"w", "z", "a"}
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--colors", "z"], "--colors 'z' is not read; write --colors NODE=…"),
        (["--colors", "z=reed"], "did you mean 'red'"),
        (["--colors", "q=red"], "colors: unknown node 'q'"),
        (["--hide", "x=valeu"], "did you mean 'value'"),
        (["--dpi", "0"], "dpi is 0"),
        (["--size", "3"], "give a width and a height"),
    ],
)
def test_arguments_that_are_none(tmp_path, capsys, arguments, message):
    (tmp_path / "g.toml").write_text(GRAPH)
    try:
        code = main(["draw", str(tmp_path / "g.toml"), "-o", str(tmp_path / "a.svg"), *arguments])
    except SystemExit as stopped:
        code = stopped.code
    assert code == 2
    assert message in capsys.readouterr().err
