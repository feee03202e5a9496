"""Formulas put on pages of all kinds at known lines, and pages that were damaged."""

import json
import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdiff.errors import GraphdiffError
from graphdiff.files.pages.extraction import extract

HERE = Path(__file__).parent

NAMES = st.sampled_from(["x", "w_1", r"\hat{y}", r"\sigma(z)", r"\delta^{(2)}", "b", "e^{-z}"])
NUMBERS = st.decimals(-9, 9, places=2).map(str)
PARTS = st.one_of(
    NAMES, NUMBERS, st.tuples(NAMES, NUMBERS).map(r"\frac{{{0[0]}}}{{{0[1]}}}".format)
)
SIDES = st.lists(PARTS, min_size=1, max_size=3).map(r" \cdot ".join)
FORMULAS = st.lists(SIDES, min_size=2, max_size=3).map(" = ".join)

PROSE = [
    "The gradient is computed by the chain rule.",
    "It costs $5, or so we are told.",
    "See [the figure](figure.png) and `code`.",
    "- a list\n- of things",
    "A line (with brackets) and an _underlined_ word.",
    "| a | b |\n|---|---|\n| one | two |",
    "```bash\n$ echo $HOME\n```",
]

MARKS = {
    "inline": ("so ${}$ is", 0),
    "display": ("$$\n{}\n$$", 1),
    "one line": ("$${}$$", 0),
    "brackets": ("\\[\n{}\n\\]", 1),
    "round": ("so \\({}\\) is", 0),
    "fence": ("```math\n{}\n```", 1),
    "quotation": ("> Text\n>\n> $$\n> {}\n> $$", 3),
    "list": ("1. Text\n\n   $$\n   {}\n   $$", 3),
    "directive": ("```{{math}}\n{}\n```", 1),
    "role": ("so {{math}}`{}` is", 0),
    "cell": ("| a | b |\n|---|---|\n| one | ${}$ |", 2),
    "script": ('<script type="math/tex">{}</script>', 0),
}
TEX = ["inline", "display", "one line", "brackets", "round"]

blocks = st.lists(
    st.tuples(FORMULAS, st.sampled_from(PROSE), st.integers(0, 2)), min_size=1, max_size=5
)


def page_of(parts, marks):
    lines, expected = ["A page.", ""], []
    for (formula, prose, blank), mark in zip(parts, marks, strict=True):
        lines += [*prose.split("\n"), *[""] * (blank + 1)]
        template, offset = MARKS[mark]
        expected.append((len(lines) + offset + 1, formula))
        lines += [*template.format(formula).split("\n"), ""]
    return lines, expected


def found(text, kind):
    return [(each.line, each.source) for each in extract(text, kind).fragments]


@given(blocks, st.data(), st.sampled_from([".md", ".qmd", ".Rmd", ".txt", ".unknown"]))
def test_each_formula_is_found_once_on_its_line(parts, data, kind):
    marks = [data.draw(st.sampled_from(sorted(MARKS))) for _ in parts]
    lines, expected = page_of(parts, marks)
    assert found("\n".join(lines), kind) == expected
    assert found("\r\n".join(lines), kind) == expected


@given(blocks, st.data())
def test_in_latex_documents(parts, data):
    marks = [data.draw(st.sampled_from(TEX)) for _ in parts]
    parts = [(formula, "Prose of 50\\% and \\$5. % $x = 1$", blank) for formula, _, blank in parts]
    lines, expected = page_of(parts, marks)
    assert found("\n".join(lines), ".tex") == expected


@given(blocks, st.data())
def test_in_docstrings(parts, data):
    marks = [data.draw(st.sampled_from(TEX)) for _ in parts]
    lines, expected = page_of(parts, marks)
    text = "import math\n\n\ndef f(x):\n" + '    r"""' + "\n    ".join(lines) + '\n    """\n'
    assert found(text, ".py") == [(line + 4, source) for line, source in expected]


@given(st.lists(blocks, min_size=1, max_size=3), st.data(), st.booleans())
def test_in_notebooks(pages, data, as_lines):
    cells, expected = [], []
    for number, parts in enumerate(pages):
        marks = [data.draw(st.sampled_from(sorted(MARKS))) for _ in parts]
        lines, here = page_of(parts, marks)
        text = "\n".join(lines)
        cells.append({"cell_type": "code", "source": "print(3)", "outputs": [{"text": "$x = 1$"}]})
        cells.append(
            {"cell_type": "markdown", "source": text.splitlines(True) if as_lines else text}
        )
        expected += [(2 * number + 2, line, source) for line, source in here]
    fragments = extract(json.dumps({"cells": cells, "nbformat": 4}), ".ipynb").fragments
    assert [(each.cell, each.line, each.source) for each in fragments] == expected


LINES = st.tuples(
    st.sampled_from(["z", "δ_Y", "w₁", "∂L/∂w", "net_h1", "ŷ"]),
    st.lists(st.sampled_from(["0.5", "(1 - 0.3)", "σ(0.4)", "w11", "2.5"]), min_size=2, max_size=3),
    st.sampled_from([" · ", " * ", " + ", " × "]),
    NUMBERS,
).map(lambda each: f"{each[0]} = {each[2].join(each[1])} ≈ {each[3]}")

SETTINGS = [
    "{}", "* {}", "1. {}", "Step 2: {}", "> {}", "so {} and that is it.", "**{}**", "`{}`", "    {}",
    "therefore {}, which is small", "({})",
]  # fmt: skip


@given(
    st.lists(st.tuples(LINES, st.sampled_from(SETTINGS)), min_size=1, max_size=6),
    st.sampled_from([".md", ".txt"]),
)
def test_lines_without_marks_are_found_once_and_whole(parts, kind):
    text = "\n\n".join(setting.format(line) for line, setting in parts)
    assert found(text, kind) == [(2 * k + 1, line) for k, (line, _) in enumerate(parts)]
    fence = "```\n" + "\n".join(line for line, _ in parts) + "\n```"
    assert found(fence, kind) == [(k + 2, line) for k, (line, _) in enumerate(parts)]


WORDS = st.text(string.ascii_letters + string.digits + "  ,.;:()[]'\"-$&#*_`\n", max_size=300)


@given(WORDS)
def test_prose_without_relations_has_no_bare_formulas(text):
    forms = [each.form for each in extract(text, ".txt").fragments if not each.follows]
    assert "code" not in forms
    assert all(":" in text for form in forms if form == "plain")  # w1: 0.15


PAGES = [
    path.read_text(encoding="utf-8") for path in sorted((HERE / "worksheets").glob("*/page.*"))
] + [(HERE / "lecture" / "formulas.md").read_text(encoding="utf-8")]
PIECES = [
    "$", "$$", "\\[", "\\]", "\\(", "\\)", "```", "```math\n", "~~~", "`", "|", "\n", "\n\n", "> ", "- ", "# ",
    "\\begin{align}", "\\end{align}", "<!--", "-->", "<script>", "![](", "](", "(", ")", "[", "]", "{", "}", "\\",
    "\\newcommand{\\a}{", ".. math::\n", "{math}`", "=", "≈", "\x00", "\ud800", "\u202e", '"""', "'''", "%", "&lt;",
    "---\n", "===\n", "<img src=", "<h2>", "\r", "\t", "\ufeff", "::: {note}\n",
]  # fmt: skip
KINDS = [".md", ".tex", ".py", ".ipynb", ".txt", ".rst", ".html", ""]


def damaged(page, seed):
    """Return a page with pieces taken out, doubled, exchanged, and signs put in."""
    chance = random.Random(seed)
    begin = chance.randrange(len(page))
    text = page[begin : begin + chance.choice([200, 2000])]
    for _ in range(chance.randrange(1, 12)):
        i, j = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        j = min(j, i + 40)
        k = chance.randrange(len(text) + 1)
        text = chance.choice(
            [
                text[:i] + text[j:],
                text[:i] + chance.choice(PIECES) + text[i:],
                text[:i] + text[j:k] + text[i:],
                text[:k] + text[i:j] * 3 + text[k:],
            ]
        )
    return text


@given(st.sampled_from(PAGES), st.integers(0, 10**9), st.sampled_from(KINDS))
def test_damaged_pages_are_read_or_refused(page, seed, kind):
    text = damaged(page, seed)
    try:
        result = extract(text, kind)
    except GraphdiffError as error:
        assert "\n" not in str(error)
        return
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    places = [(each.cell or 0, each.line) for each in result.fragments]
    assert places == sorted(places)
    for each in result.fragments:
        assert each.source == each.source.strip() != ""
        if kind != ".ipynb":
            assert 1 <= each.line <= each.line_at(len(each.source)) <= len(lines) or each.written
        if kind in (".md", ".tex") and each.form == "latex" and not each.written:
            assert each.source.split("\n")[0] in lines[each.line - 1]


@given(st.text(max_size=300), st.sampled_from(KINDS))
def test_any_text_is_read_or_refused(text, kind):
    try:
        extract(text, kind)
    except GraphdiffError as error:
        assert "\n" not in str(error)


LONG = [
    "$$ ",
    "$", "$x ", "$$a\n\n", "\\[ ", "\\[ a\n\n b c d e \\] ", "\\( ", "`", "```\n", "```a\n", "( ", "[\n", "[\nab\n]\n",
    "<a ", "<h1>", "![](", "\\begin{align}", "\\begin{align} x=1 \\end{align}\n", "| a ", "a = 1\n", "(((", "x = (",
    "> > > $x$\n", "\\newcommand{\\a}{", "*", "**a ", "&lt;= ", "\\", "a: 1\n", "y = f(f(f(\n", '"""', "```{note}\n",
]  # fmt: skip


@pytest.mark.parametrize("sign", LONG)
@pytest.mark.parametrize("kind", [".md", ".tex", ".py"])
def test_long_pages_of_one_sign_are_read_in_time_proportional_to_them(sign, kind):
    extract(sign * (60_000 // len(sign)), kind)  # the budget of a page refuses what takes longer
