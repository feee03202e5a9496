"""Every public result shows itself as mathematics, a table or words, and never as a raw record."""

from __future__ import annotations

import html.parser
import importlib
import inspect
import io
import re
from pathlib import Path

import numpy as np
import pytest
from drawing_graphs import HOSTILE
from rich.console import Console
from test_copies import MADE

import graphdiff as gd
from graphdiff.grading.writing import Outputs
from graphdiff.notation.display import MAX_ROWS, Shown, Table, few_lines

DOCUMENTED = re.findall(
    r"autoclass:: (\S+)", (Path(__file__).parents[1] / "docs" / "api.md").read_text("utf-8")
)
RAW = re.compile(r"^\w+\((\w+=.*)?\)$", re.DOTALL)


SETTINGS = (gd.Notation, Outputs)
"""What a user makes, and so shows itself as it is made."""


def named(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def is_raw(kind):
    """Whether a class has the repr that ``dataclass`` or ``NamedTuple`` makes."""
    made = kind.__repr__
    is_tuple = issubclass(kind, tuple) and hasattr(kind, "_fields")
    return hasattr(made, "__wrapped__") or made is object.__repr__ or (
        is_tuple and "__repr__" in vars(kind) and made.__module__ == "collections"
    )  # fmt: skip


@pytest.mark.parametrize("path", DOCUMENTED)
def test_no_documented_class_shows_itself_as_a_raw_record(path):
    assert named(path) in SETTINGS or not is_raw(named(path))


@pytest.mark.parametrize("name", MADE)
def test_no_result_shows_itself_as_a_raw_record(name):
    found = MADE[name]
    assert not RAW.match(repr(found))
    assert len(repr(found)) < 20_000
    for field in attributes(type(found)):
        part = getattr(found, field)
        for one in part if isinstance(part, tuple) else [part]:
            if type(one).__module__.startswith("graphdiff") and not isinstance(one, SETTINGS):
                assert not RAW.match(repr(one)), (field, repr(one))


def attributes(kind):
    """The attributes that a class documents."""
    said = (inspect.getdoc(kind) or "").partition("Attributes\n----------\n")[2]
    said = said.partition("\nExamples\n")[0]
    lines = re.findall(r"^(\w+(?:, \w+)*)$", said, re.MULTILINE)
    return [name for line in lines for name in line.split(", ")]


class Reader(html.parser.HTMLParser):
    """Reads tags that close each other, and what stands between them."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.words = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


SHOWN = {name: made for name, made in MADE.items() if isinstance(made, Shown)}


def test_runs_reports_steps_and_truth_tables_show_tables():
    assert {"forward", "backward tensors", "check", "step", "truth_table"} <= SHOWN.keys()


@pytest.mark.parametrize("name", SHOWN)
def test_tables_in_html_markdown_and_rich_terminals(name):
    found = SHOWN[name]
    reader = read(found._repr_html_())
    assert {"table", "th", "td"} <= reader.tags <= {
        "table", "caption", "thead", "tbody", "tr", "th", "td", "p"}  # fmt: skip
    tables = [part for part in found.shown() if isinstance(part, Table)]
    rows = [line for line in found._repr_markdown_().split("\n") if line.startswith("|")]
    for table in tables:
        end = 2 + min(len(table.rows), MAX_ROWS)
        own, rows = rows[:end], rows[end:]
        assert len(own) == end
        for row in own:
            assert len(re.findall(r"(?<!\\)\|", row)) == len(table.columns) + 1
    assert not rows
    written = io.StringIO()
    Console(file=written, width=300).print(found)
    for word in tables[0].columns:
        assert word in written.getvalue()
        assert word in repr(found)


def hostile():
    g = gd.Graph(HOSTILE)
    w = g.parameter("w", [1, 2])
    L = g.node("L", (w**2).sum())
    return g, g.backward(L), g.check({"P[w]": "<b>|x|</b> [2]", "L": "5"})


def test_what_others_wrote_is_shown_not_obeyed():
    _, run, report = hostile()
    for found in (run, report):
        assert read(found._repr_html_()).tags <= {
            "table", "caption", "thead", "tbody", "tr", "th", "td", "p"}  # fmt: skip
        assert not re.search(r"(?<!\\)[<|]script", found._repr_markdown_())
        assert "\x00" not in repr(found) + found._repr_html_() + found._repr_markdown_()
    written = io.StringIO()
    Console(file=written, width=200).print(report)
    assert "[2]" in written.getvalue()


def test_the_numbers_are_those_of_the_run():
    g = gd.Graph("two")
    x, w = g.input("x", [1, 2]), g.parameter("w", [0.5, -0.25])
    L = g.node("L", (w * x).sum() ** 2)
    run = g.backward(L, {"x": [3, 4]})
    assert repr(run) == (
        "two\n"
        "u^i  node  formula      value         dL/du^i\n"
        "---  ----  -----------  ------------  -----------\n"
        "u^1  x                  [3, 4]        [0.5, -0.25]\n"
        "u^2  w                  [0.5, -0.25]  [3, 4]\n"
        "u^3  L     sum(w*x)**2  0.25          1"
    ).replace("-----------\nu^1", "------------\nu^1")
    assert "dL" not in repr(g.forward())
    samples = g.backward(L, {"x": [[1, 2], [3, 4]]})
    assert "2 samples of (2,)" in repr(samples)


def test_of_a_long_result_the_middle_is_left_out():
    g = gd.Graph()
    node = g.parameter("w", 1)
    for k in range(100):
        node = g.node(f"h_{k}", gd.sin(node))
    shown = repr(g.backward(node))
    assert "62 more" in shown
    assert "h_99" in shown
    assert shown.count("\n") <= MAX_ROWS + 2
    explained = repr(g.explain(node, "w"))
    assert explained.endswith("lines more; print it")
    assert few_lines("a\nb") == "a\nb"


def test_results_of_derivation_show_mathematics():
    g = gd.Graph()
    x = g.input("x", np.ones(3))
    z = g.node("z", gd.softmax(x))
    for found in (g.jacobian(z, x), g.index_jacobian(x, z), g.local_jacobian(x, z)):
        assert found._repr_latex_() == rf"$\displaystyle {found.latex}$"
        assert repr(found) == found.text
    step = g.explain(z, x).steps[0]
    assert "softmax" in repr(step)
    assert "$$" in step._repr_markdown_()
    assert step.lines[0]._repr_latex_().startswith("$")
