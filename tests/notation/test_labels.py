"""Labels: how names are written, of a subset of LaTeX that can do no harm."""

from __future__ import annotations

import copy
import pickle

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from latex_checks import check_formula

import graphdiff as gd
from graphdiff.drawing import typeset
from graphdiff.errors import GraphdiffError, GraphError
from graphdiff.notation import latex
from graphdiff.notation.labels import ACCENTS, ALPHABETS, MAX_LABEL, SYMBOLS, checked_label


def recurrent() -> gd.Graph:
    g = gd.Graph(output="L")
    h = g.input("h_before", 1, label="h_{t-1}")
    W = g.parameter("W_xh", 2, label="W_{xh}")
    y = g.node("yhat", gd.tanh(W * h), label=r"\hat y")
    g.node("L", (y - 1) ** 2, label=r"$\mathcal L$")
    return g


def test_labels_stand_in_every_formula():
    g = recurrent()
    run = g.backward()
    written = [
        g.explain("L", "W_xh").latex(),
        g.paths("W_xh").latex(),
        g.evaluation_trace("reverse").latex,
        g.evaluation_trace("forward", "W_xh").markdown(),
        g.draw(run).tikz,
    ]
    for formula in written:
        for label in ("h_{t-1}", "W_{xh}", r"\hat{y}", r"\mathcal{L}"):
            assert label in formula
    assert "W_xh*h_before" in g.explain("L", "W_xh").text()


def test_labels_go_where_the_graph_goes(tmp_path):
    g = recurrent()
    others = [copy.deepcopy(g), pickle.loads(pickle.dumps(g)), g.with_values(W_xh=3)]
    others.append(g.step(g.backward()).graph)
    for name in ("g.toml", "g.json"):
        g.save(tmp_path / name)
        others.append(gd.load(tmp_path / name))
    others.append(gd.Graph.from_networkx(g.to_networkx()))
    for other in others:
        assert dict(other.labels) == dict(g.labels)
    assert g["yhat"].label == r"\hat{y}"
    assert g.gradient_graph("L")["yhat"].label == r"\hat{y}"


@pytest.mark.parametrize(
    ("written", "label"),
    [
        (r"\hat y", r"\hat{y}"),
        (r"\hat{y}_i^{(l)}", r"\hat{y}_{i}^{(l)}"),
        ("h_{t-1}", "h_{t-1}"),
        ("x_1w_1", "x_{1}w_{1}"),
        (r"\boldsymbol\theta", r"\boldsymbol{\theta}"),
        (r"\text{net}_{h1}", r"\mathrm{net}_{h1}"),
        (r"\mathrm{điểm}", r"\mathrm{điểm}"),
        ("ŷ", r"\hat{y}"),
        ("θ", r"\theta"),
        ("y'", "y'"),
        (r"\sigma x", r"\sigma x"),
        (r"W^{[2]}", "W^{[2]}"),
        (r"$\mathcal L$", r"\mathcal{L}"),
    ],
)
def test_what_people_write_is_read(written, label):
    assert checked_label(written, "x") == label
    assert checked_label(label, "x") == label
    check_formula(label)
    assert typeset.typesettable(label)


HARMFUL = [
    r"\input{/etc/passwd}", r"\write18{rm}", r"\def\x{y}", r"\href{javascript:x}{y}", r"\catcode`a",
    r"a\\b", "a%b", "a&b", "a#b", "$x$ and $y$", "x}{y", "{x", "x_1_2", "x^2^3", "", " ", "_x", "x_",
    r"\hat", r"\text{a\input{b}}", "<script>", "a\nb", "a\x1b[2Jb", "a\u202eb", "x" * (MAX_LABEL + 1),
    "{" * 9 + "x" + "}" * 9, "a+b", "x=1", r"\begin{array}", r"\left(x", "😀", r"\text{}", "~x",
]  # fmt: skip


@pytest.mark.parametrize("written", HARMFUL)
def test_what_could_do_harm_is_refused(written):
    g = gd.Graph()
    with pytest.raises(GraphError) as error:
        g.input("q", 1, label=written)
    assert "the label of 'q'" in str(error.value)
    assert "\x1b" not in str(error.value)


PIECES = [*"abxyz12_^{}'+-() $", r"\hat", r"\text", r"\alpha", r"\mathbf", r"\,", "ế", "\\"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_is_read_is_made_of_what_is_known(written):
    try:
        label = checked_label(written, "x")
    except GraphError:
        return
    check_formula(label)
    commands = {*ACCENTS, *ALPHABETS, *SYMBOLS}
    rest = label
    for command in sorted(commands, key=len, reverse=True):
        rest = rest.replace(f"\\{command}", "")
    for space in (r"\,", r"\;", r"\:", r"\!", r"\ "):
        rest = rest.replace(space, "")
    assert "\\" not in rest
    assert not set(rest) & set("%&#$~")
    assert checked_label(label, "x") == label


def test_two_nodes_have_not_one_label():
    g = gd.Graph()
    g.input("a", 1, label="x")
    with pytest.raises(GraphError, match="that of 'a'"):
        g.input("b", 1, label="x")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ('z = "\\\\input{x}"', "\\input is not known"),
        ("z = 3", "must be a text"),
        ('q = "x"', "unknown node 'q'"),
    ],
)
def test_files_have_the_same_labels_and_no_others(labels, said, tmp_path):
    path = tmp_path / "g.toml"
    path.write_text(f"[inputs]\nx = 1\n[nodes]\nz = 'x'\n[labels]\n{labels}\n", encoding="utf-8")
    with pytest.raises(GraphdiffError) as error:
        gd.load(path)
    assert said in str(error.value)


# Names without labels


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x1w1", "x_{1}w_{1}"),
        ("W_xh", "W_{xh}"),
        ("net_h1", r"\mathrm{net}_{h_{1}}"),
        ("x_max", r"x_{\mathrm{max}}"),
        ("a_in", r"a_{\mathrm{in}}"),
        ("W_mu", r"W_{\mu}"),
        ("w11", "w_{11}"),
        ("h_prev", r"h_{\mathrm{prev}}"),
        ("ε", r"\varepsilon"),
        ("ϕ", r"\phi"),
    ],
)
def test_names_as_people_mean_them(name, written):
    assert latex.name(name) == written


def test_a_name_of_two_parts_has_brackets_under_a_power():
    g = gd.Graph()
    z = g.node("z", g.input("x1w1", 2) ** 2)
    assert latex.authored(z.function, [latex.name("x1w1")]) == r"\left(x_{1}w_{1}\right)^{2}"


def test_eulers_number_is_upright_and_a_node_e_is_not():
    g = gd.Graph()
    e, x = g.input("e", 2), g.input("x", 1)
    z = g.node("z", gd.exp(x) * e**x)
    assert latex.authored(z.function, ["x", "e"]) == r"\mathrm{e}^{x} \cdot e^{x}"
    assert r"\mathrm{e} e" in latex.symbolic(g.gradient("z", "x"))
    assert latex.symbolic(sp.exp(2 * x.symbol) * e.symbol) == r"e \mathrm{e}^{2 x}"


def test_greek_letters_are_all_italic():
    for word in ("epsilon", "varepsilon", "phi", "varphi", "vartheta", "varrho", "varsigma"):
        upright = typeset.formula(rf"\mathrm{{{chr(0x3B1)}}}", "a", 20)
        found = typeset.formula(rf"\{word}", word, 20)
        assert found is not None
        assert upright is not None
        assert typeset.spaced(rf"\{word}") not in (rf"\{word}",)
        assert typeset.spaced(rf"\{word}x") == rf"\{word}x"
