"""Each way in which mathematics is marked on a page: what is found, on which line, and what is not."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from graphdiff.errors import FileError
from graphdiff.files.pages.extraction import MAX_CHARACTERS, extract, page_text

HERE = Path(__file__).parent
PAGES = sorted((HERE / "worksheets").glob("*/page.*"))


def found(text, kind=".md"):
    return [(each.line, each.form, each.source) for each in extract(text, kind).fragments]


def sources(text, kind=".md"):
    return [each.source for each in extract(text, kind).fragments]


X = r"\frac{\partial L}{\partial w} = 2"

MARKS = {
    "dollars": (f"where ${X}$ is", 1, X),
    "two dollars": (f"$$\n{X}\n$$", 2, X),
    "two dollars on one line": (f"text $${X}$$ text", 1, X),
    "two dollars around a blank line": (f"$$\n{X}\n\n+ y\n$$", 2, f"{X}\n\n+ y"),
    "two dollars that nobody closed": (f"$$\n{X}\n\nSome text, and more of it.", 2, X),
    "square brackets": (f"\\[\n{X}\n\\]", 2, X),
    "round brackets": (f"so \\({X}\\) is", 1, X),
    "doubled backslashes": (f"so \\\\({X}\\\\) is", 1, X),
    "square brackets with doubled backslashes": (f"\\\\[\n{X} \\\\\\\\ y\n\\\\]", 2, f"{X} \\\\ y"),
    "an environment": (f"\\begin{{align}}\nL &= {X}\n\\end{{align}}", 1, f"\\begin{{align}}\nL &= {X}\n\\end{{align}}"),
    "a starred one": (f"a\n\\begin{{equation*}}{X}\\end{{equation*}}", 2, f"\\begin{{equation*}}{X}\\end{{equation*}}"),
    "a fence": (f"```math\n{X}\n```", 2, X),
    "a fence of tildes": (f"~~~latex\n{X}\n~~~", 2, X),
    "a fence in a list": (f"1. first\n   ```math\n   {X}\n   ```", 3, X),
    "a directive": (f"```{{math}}\n:label: eq-1\n\n{X}\n```", 4, X),
    "a fence of colons": (f":::{{math}}\n{X}\n:::", 2, X),
    "a role": (f"the {{math}}`{X}` is", 1, X),
    "a directive of reStructuredText": (f".. math::\n   :label: one\n\n   {X}\n\nText", 4, X),
    "a role of reStructuredText": (f"the :math:`{X}` is", 1, X),
    "dollars around backquotes": (f"the $`{X}`$ is", 1, X),
    "a quotation": (f"> text\n>\n> $$\n> {X}\n> + 1\n> $$", 4, f"{X}\n+ 1"),
    "a list": (f"- text\n\n  $$\n    {X}\n  + 1\n  $$", 4, f"{X}\n+ 1"),
    "minus at the beginning of a line": (f"$$\n{X}\n- 1\n$$", 2, f"{X}\n- 1"),
    "a script": (f'<script type="math/tex; mode=display">{X} &lt; 3</script>', 1, f"{X} < 3"),
    "an annotation": (f'<span><annotation encoding="application/x-tex">{X}</annotation></span>', 1, X),
    "entities": (f"so ${X} &lt; 3$", 1, f"{X} < 3"),
    "a heading": (f"text\n\n## Step 1: ${X}$", 3, X),
    "a chat's brackets": (f"[ {X} ]", 1, X),
    "a chat's brackets on lines of their own": (f"text\n\n[\n{X}\n]", 4, X),
    "a chat's round brackets": (f"so ( {X} ) is", 1, X),
    "a chat's lost backslashes": ("[ frac{partial L}{partial w} = 2 ]", 1, X),
    "no mark": (f"1. {X}", 1, X),
    "no mark, with a label": (f"* Gradient: {X}", 1, X),
    "carriage returns": (f"$$\r\n{X}\r\n$$", 2, X),
    "a mark of bytes": (f"\ufeff${X}$", 1, X),
    "tabs": (f"\t$${X}$$", 1, X),
}  # fmt: skip


@pytest.mark.parametrize("name", MARKS)
def test_marks(name):
    page, line, source = MARKS[name]
    assert found(page) == [(line, "latex", source)]


PICTURES = {
    "codecogs": r"![](https://latex.codecogs.com/svg.latex?\frac{\partial%20L}{\partial%20w}=2)",
    "codecogs, its signs": r"![x](https://latex.codecogs.com/gif.latex?\inline&space;\dpi{120}&space;\frac{\partial&space;L}{\partial&space;w}=2)",
    "codecogs in a tag": r'<img src="https://latex.codecogs.com/svg.latex?\frac{\partial&space;L}{\partial&space;w}=2" title="\frac{\partial L}{\partial w}=2" />',
    "codecogs in a link": r'<a href="https://www.codecogs.com/eqnedit.php?latex=y" target="_blank"><img src="https://latex.codecogs.com/svg.latex?\frac{\partial&space;L}{\partial&space;w}=2" /></a>',
    "encoded": "![](https://latex.codecogs.com/svg.image?%5Cfrac%7B%5Cpartial%20L%7D%7B%5Cpartial%20w%7D%3D2)",
    "GitHub": "![](https://render.githubusercontent.com/render/math?math=%5Cfrac%7B%5Cpartial%20L%7D%7B%5Cpartial%20w%7D%3D2)",
    "GitHub, in a tag": '<img src="https://render.githubusercontent.com/render/math?math=%5Cfrac%7B%5Cpartial+L%7D%7B%5Cpartial+w%7D%3D2&mode=display">',
    "zhihu": "![公式](https://www.zhihu.com/equation?tex=%5Cfrac%7B%5Cpartial+L%7D%7B%5Cpartial+w%7D%3D2)",
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name):
    [each] = extract("text\n\n" + PICTURES[name]).fragments
    assert each.source == r"\frac{\partial L}{\partial w}=2"
    assert each.line == 3
    assert "http" in each.written and each.written in PICTURES[name]


BARE = {
    "so z = 0.5 and a = 0.6": ["z = 0.5", "a = 0.6"],
    "so z = 0.5": ["z = 0.5"],
    "Z_1 = σ(-0.1) ≈ 0.4750": ["Z_1 = σ(-0.1) ≈ 0.4750"],
    "= (-0.5768) · 0.5768 ≈ -0.1407": ["= (-0.5768) · 0.5768 ≈ -0.1407"],
    "* Loss = (1 - 9)^2 = 64": ["Loss = (1 - 9)^2 = 64"],
    "**z₁ = 0.5**": ["z₁ = 0.5"],
    "- **Output**: `a = σ(z) = 0.73`": ["a = σ(z) = 0.73"],
    "1. q = x·y = 2": ["q = x·y = 2"],
    "a) ŷ = σ(0.4) = 0.6": ["ŷ = σ(0.4) = 0.6"],
    "Forward: z = wx + b = 0.5 × 2 + 1 = 2": ["z = wx + b = 0.5 × 2 + 1 = 2"],
    "Step 1: compute dL/dw = 2(y - t)x = 3.2.": ["dL/dw = 2(y - t)x = 3.2"],
    "Total error = 0.29837": ["Total error = 0.29837"],
    "<p>z = 0.5 · 2 = 1<br>": ["z = 0.5 · 2 = 1"],
    "<li>Loss = 0.25</li>": ["Loss = 0.25"],
    "w₁ baru = 0.3 + 0.2 · 0.1 = 0.32": ["w₁ baru = 0.3 + 0.2 · 0.1 = 0.32"],
    "tenemos x = 5 y z = 3": ["x = 5", "z = 3"],
    "令x = 0.5，则z = 1": ["x = 0.5", "z = 1"],
    "→ dL/da = -(t - a) = -0.2 ✓": ["dL/da = -(t - a) = -0.2"],
    "z = 0.5 (rounded)": ["z = 0.5"],
    "Z_1(in) = (1)(-0.3) + (1)(0.3) = 0": ["Z_1(in) = (1)(-0.3) + (1)(0.3) = 0"],
    "w<sub>1</sub> &times; x = 3": ["w_1 × x = 3"],
    "f = r·t ⇒ ∂f/∂r = t = 4": ["f = r·t ⇒ ∂f/∂r = t = 4"],
    "L = |y - t|": ["L = |y - t|"],
    "z = 0.5    a = 0.6": ["z = 0.5", "a = 0.6"],
    "w := w - η ∂L/∂w": ["w := w - η ∂L/∂w"],
    "out_{h1} = 1/(1+e^{-net_{h1}}) = 0.5932": ["out_{h1} = 1/(1+e^{-net_{h1}}) = 0.5932"],
    "$z$ = 0.5": ["z", "= 0.5"],
    "z = $0.5 x$ ≈ 1": ["z", "0.5 x", "≈ 1"],
    "Gradient ($g$) = $0.5 x$ and $y$": ["g", "0.5 x", "y"],
    "Rate ($\\eta$): $0.2$.": ["\\eta", "0.2"],
    "$w_1$: 0.15": ["w_1", "0.15"],
    "- w1: 0.15": ["w1", "0.15"],
    "- W: [1, 2]": ["W", "[1, 2]"],
    "∂Z/∂W = Xᵀ (since Z = X·W + b)": ["∂Z/∂W = Xᵀ", "Z = X·W + b"],
    "x → z = W·x+b → h = f(z) → ŷ": ["z = W·x+b", "h = f(z)"],
    "w → w - 0.1 · 2 = 0.48": ["w → w - 0.1 · 2 = 0.48"],
    "E = ½(0.01 − 0.75)² + ½(x² + 1)² = 0.3": ["E = ½(0.01 − 0.75)² + ½(x² + 1)² = 0.3"],
    "We know that swish(x) = x · σ(x), and so on": ["swish(x) = x · σ(x)"],
    "and foo(x) = 2x there": ["foo(x) = 2x"],
    "the loss `L = 0.5 · 2 = 1`[^1].": ["L = 0.5 · 2 = 1"],
    "‖w‖² = 5": ["‖w‖² = 5"],
    "Step 3. dL/dz = dL/da * da/dz = -0.125": ["dL/dz = dL/da * da/dz = -0.125"],
    "so we get ∂Loss/∂weight = 0.5 · 2 = 1": ["∂Loss/∂weight = 0.5 · 2 = 1"],
    "The output is ŷ = 0.62 → error = 0.38": ["ŷ = 0.62", "error = 0.38"],
    "The loss function - L = 0.5": ["L = 0.5"],
    "c = a + b = 5!": ["c = a + b = 5"],
    "if y*w >= 1:  dL/dw = 2w": ["if y*w >= 1:  dL/dw = 2w"],
    "∂a/∂z = 1 if z > 0 else 0": ["∂a/∂z = 1 if z > 0 else 0"],
    "2**3 = 8 and w**2 = 4": ["2**3 = 8", "w**2 = 4"],
}


@pytest.mark.parametrize("line", BARE)
def test_lines_without_marks(line):
    assert sources(f"# Title\n\n{line}\n") == BARE[line]


NONE = [
    "It costs $5 and $6, or US$7.",
    "From $5 to $10 a piece; save $3!",
    "$ pip install graphdiff\n$ cd graphdiff",
    "export PATH=$HOME/bin:$PATH",
    "where A = B is the case",
    "The key = value pairs of a file",
    "if x == 3 then",
    "see https://example.org/?x=3&y=4",
    "npm install --save=3",
    "x = learning rate",
    "the rate times something * x = 3 and",
    "where K = number of classes = 3",
    "y = 5 if you are lucky",
    "Step 1: 5",
    "time: 12",
    "run --size=3 --all=none",
    "PORT=3000",
    "reader = package.module.reader",
    'a "$request" and "$response = 3"',
    "```js\nconst x = 1\n```",
    "we take Δw = η × the gradient",
    "- [ ] to do\n- [x] done",
    "[1] and [link](there) (see below)",
    "`$HOME` and `$PATH`",
    "a \\$5 bill and a \\$6 bill",
    "---\ntitle: x = 3\nlr: 0.5\n---\n",
    "```bash\nx=3\n```",
    "```yaml\nx: $5\ny = 3\n```",
    "<!-- $x = 3$ -->",
    "Title\n=====\n\nOther\n-----\n",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "![x = 3](picture.png)",
    "```python\nimport numpy as np\ndef f(x):\n    return x\nplt.plot(x, y)\nmodel = Net(3)\n```",
    "```python\nname = 'x = 3'\nx, y = load()\nfor i in range(3):\n    print(i)\n```",
    "```python\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\nloss.backward()\n```",
    "The text of \\(see below\\) and \\[citation\\].",
]


@pytest.mark.parametrize("text", NONE)
def test_prose_prices_shells_and_programs_are_no_mathematics(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "sign", ["$", "$$", r"\(", r"\[", "`", "```", r"\begin{align}", "<!--", "[", "{math}`"]
)
def test_what_is_not_closed_does_not_swallow_the_rest(sign):
    text = f"Some text with {sign} in it.\n\n{sign}\n\nThen $z = 1$ follows.\n\n$$\na = 2\n$$\n"
    assert sources(text)[-2:] == ["z = 1", "a = 2"]


def test_programs():
    text = "```python\nz1 = W1 @ x + b1  # = 0.5\ndW2 = a1.T @ dz2\nW = np.array([[1, 2],\n              [3, 4]])\nW2 -= lr * dW2\n# δ = (a - y) · a = 0.3\n```"
    assert found(text) == [
        (2, "code", "z1 = W1 @ x + b1"),
        (2, "code", "0.5"),
        (3, "code", "dW2 = a1.T @ dz2"),
        (4, "code", "W = np.array([[1, 2],\n[3, 4]])"),
        (6, "code", "W2 -= lr * dW2"),
        (7, "plain", "δ = (a - y) · a = 0.3"),
    ]
    assert extract(text).fragments[1].follows


def test_comments_are_pages_of_their_own():
    text = (
        "x = 2\n# With $w = 3$ we have\n#\n# $$\n# z = w x\n# $$\ny = x * 2  # so $y$ is 4\n# = 4\n"
    )
    assert found(text, ".py") == [
        (1, "code", "x = 2"),
        (2, "latex", "w = 3"),
        (5, "latex", "z = w x"),
        (7, "code", "y = x * 2"),
        (8, "plain", "= 4"),
    ]


def test_lines_that_go_on():
    text = "```\nz = 0.5 * 2 +\n    0.2 * 0.1\nE = 1\n```\n```python\nz = (a\n     + b)\nt = a * \\\n    b\n```"
    assert found(text) == [
        (2, "plain", "z = 0.5 * 2 +\n0.2 * 0.1"),
        (4, "plain", "E = 1"),
        (7, "code", "z = (a\n+ b)"),
        (9, "code", "t = a *\nb"),
    ]


def test_fences_of_formulas():
    text = "```\nForward\n∂L/∂a2 = a2 - y\n∂L/∂w = ∂L/∂a · ∂a/∂w\n      = 0.5 · 2 = 1.0\n```"
    assert found(text) == [
        (3, "plain", "∂L/∂a2 = a2 - y"),
        (4, "plain", "∂L/∂w = ∂L/∂a · ∂a/∂w"),
        (5, "plain", "= 0.5 · 2 = 1.0"),
    ]


def test_docstrings_and_comments():
    text = '''"""A module.

    With :math:`z = w x`:

    .. math::

        L = (z - y)^2
    """

# a = 0.5 * 2 = 1.0
def f(x):
    r"""Return $\\sigma(x)$."""
    dz = 2 * (z - y)
'''
    assert found(text, ".py") == [
        (3, "latex", "z = w x"),
        (7, "latex", "L = (z - y)^2"),
        (10, "plain", "a = 0.5 * 2 = 1.0"),
        (12, "latex", r"\sigma(x)"),
        (13, "code", "dz = 2 * (z - y)"),
    ]


TABLE = """| step | computation | value |
|---|---|---|
| 1 | $z = w x$ | 1.0 |
| 2 | $L = e^2$ | $\\approx 0.14$ |
| 3 | z = 0.5 × 2 | **1.0** |
| 4 | $y$ | $0.5 \\times 2$ |
"""


def test_values_in_the_next_cell():
    fragments = extract(TABLE).fragments
    assert [(each.line, each.source, each.follows) for each in fragments] == [
        (3, "z = w x", False),
        (3, "1.0", True),
        (4, "L = e^2", False),
        (4, "\\approx 0.14", True),
        (5, "z = 0.5 × 2", False),
        (5, "1.0", True),
        (6, "y", False),
        (6, "0.5 \\times 2", True),
    ]


def test_columns_of_other_quantities_do_not_go_on():
    text = (
        "| parameter | old | gradient | new |\n|---|---|---|---|\n| $w_1$ | 0.5 | 0.08 | 0.49 |\n"
    )
    assert not any(each.follows for each in extract(text).fragments)
    text = "| $x$ | $\\sigma(x)$ | 2 |\n|---|---|---|\n| 0 | 0.5 | 1 |\n"
    assert not any(each.follows for each in extract(text).fragments)


def test_a_name_and_its_value():
    text = "| quantity | value |\n|---|---|\n| x | 0.05 |\n| w_1 | 0.15 |\n"
    assert found(text) == [
        (3, "plain", "x"),
        (3, "plain", "0.05"),
        (4, "plain", "w_1"),
        (4, "plain", "0.15"),
    ]


def test_tables_without_strokes_at_their_ends():
    text = "z | value\n--|--\n$z = wx$ | 0.5\n$y$ | **0.7**\n"
    fragments = extract(text).fragments
    assert [(each.source, each.follows) for each in fragments] == [
        ("z = wx", False), ("0.5", True), ("y", False), ("0.7", True),
    ]  # fmt: skip


def test_headings():
    text = "# A\n$x$\n## B\n$y$\nC\n===\n$z$\n<h2>D</h2>\n$t$\n"
    assert [each.headings for each in extract(text).fragments] == [
        ("A",),
        ("A", "B"),
        ("C",),
        ("C", "D"),
    ]


def test_a_latex_document():
    text = r"""\documentclass{article}
\newcommand{\R}{\mathbb{R}}
\def\dd#1#2{\frac{\partial #1}{\partial #2}}
% $a = 1$
\begin{document}
\section{First \emph{part}}
We have $z = w x$, % not $b$
\begin{align*}
  L &= \dd{z}{w} \\ % a note
    &= 3
\end{align*}
\begin{verbatim}
$c = 1$
\end{verbatim}
It costs 50\% of \$5. \[ y = 2 \]
\end{document}
"""
    page = extract(text, ".tex")
    assert [(each.line, each.source) for each in page.fragments] == [
        (7, "z = w x"),
        (8, "\\begin{align*}\nL &= \\dd{z}{w} \\\\ % a note\n&= 3\n\\end{align*}"),
        (15, "y = 2"),
    ]
    assert page.fragments[0].headings == ("First \\emph{part}",)
    assert page.macros == (
        r"\newcommand{\R}{\mathbb{R}}",
        r"\def\dd#1#2{\frac{\partial #1}{\partial #2}}",
    )
    assert page.fragments[1].line_at(page.fragments[1].source.index("&= 3")) == 10


def test_values_in_the_next_cell_of_a_latex_document():
    text = r"\begin{tabular}{ll} $w$ & $0.5$ \\ $b$ & -0.25 \\ $x$ & $y$ \\ \end{tabular}"
    fragments = extract(text, ".tex").fragments
    assert [(each.source, each.follows) for each in fragments] == [
        ("w", False), ("0.5", True), ("b", False), ("-0.25", True), ("x", False), ("y", False),
    ]  # fmt: skip


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": kind, "source": source} for kind, source in cells]})


def test_notebooks():
    text = notebook(
        ("markdown", ["# A\n", "text $x = 1$\n"]),
        ("code", "%matplotlib inline\nz = 2 * x\nprint(z)"),
        ("raw", "$r$"),
        ("markdown", "$$\ny = 3\n$$"),
    )
    page = extract(text, ".ipynb")
    assert [(f.cell, f.line, f.form, f.source) for f in page.fragments] == [
        (1, 2, "latex", "x = 1"),
        (2, 2, "code", "z = 2 * x"),
        (4, 2, "latex", "y = 3"),
    ]
    assert page.fragments[2].headings == ("A",)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"cells": 3}', "[" * 100_000, '{"a":' * 100_000, "1" * 5000, '{"cells": [1, {}, {"source": 3}]}'],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_in_one_line(text):
    try:
        assert extract(text, ".ipynb").fragments == ()
    except FileError as error:
        assert "notebook" in str(error) and "\n" not in str(error)


def test_a_notebook_may_have_pictures_and_a_page_may_not_be_that_long(tmp_path):
    outputs = [{"data": {"image/png": "A" * (MAX_CHARACTERS + 1)}}]
    cells = [
        {"cell_type": "code", "source": "", "outputs": outputs},
        {"cell_type": "markdown", "source": "$x = 1$"},
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert sources(page_text(path).text, ".ipynb") == ["x = 1"]
    path = tmp_path / "a.md"
    path.write_text("x" * (MAX_CHARACTERS + 1), encoding="utf-8")
    with pytest.raises(FileError, match="too large for a page"):
        page_text(path)
    with pytest.raises(FileError, match="check it in parts"):
        extract(path.read_text(encoding="utf-8"))


def test_what_stands_around():
    page = extract("Let the rate be small,\nwhere η = 0.1 and $z$ is given.\n\nOther text.\n")
    assert "where η = 0.1 and $z$ is given" in page.fragments[1].around
    assert "Other" not in page.fragments[1].around
    display = extract("The gradient is then:\n\n$$\nx = 1\n$$\n").fragments[0]
    assert display.around == "The gradient is then:"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_every_equation_of_the_worksheets_is_found(path):
    text = path.read_text(encoding="utf-8")
    fragments = extract(text, path.suffix).fragments
    equations = json.loads((path.parent / "verdicts.json").read_text(encoding="utf-8"))["equations"]
    assert len(fragments) == len(equations)
    for fragment, equation in zip(fragments, equations, strict=True):
        if fragment.form == "latex":
            inner = re.sub(r"\\(begin|end)\{align\}", "", fragment.source).strip()
            assert inner == equation["latex"]
        else:
            digits = r"\d+\.\d+"
            assert re.findall(digits, fragment.source) == re.findall(digits, equation["latex"])
        if path.suffix == ".md":
            assert fragment.source.split("\n")[0] in text.split("\n")[fragment.line - 1]


def test_every_formula_of_the_lecture_is_found_and_nothing_else():
    text = (HERE / "lecture" / "formulas.md").read_text(encoding="utf-8")
    fragments = extract(text).fragments
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    displays = re.findall(r"\$\$(.*?)\$\$", prose, re.DOTALL)
    inline = re.findall(r"\$([^$\n]+)\$", re.sub(r"\$\$.*?\$\$", "", prose, flags=re.DOTALL))
    assert Counter(f.source for f in fragments) == Counter(s.strip() for s in displays + inline)
    lines = text.split("\n")
    for fragment in fragments:
        assert fragment.source.split("\n")[0] in lines[fragment.line - 1]


STRUCK = [
    ("~~$w = 4$~~", ".md"), ("so ~~$w = 4$, $v = 3$~~", ".md"), ("<del>$w = 4$</del>", ".md"), ("<s>w = 4</s>", ".md"),
    ("<strike>\n\n$$w = 4$$\n\n</strike>", ".md"), (r"\sout{$w = 4$}", ".md"), (r"\st{so $w_{2} = 4$}", ".tex"),
    (r"\sout{$w = 4$}", ".tex"), ("\\iffalse\n$w = 4$\n\\fi", ".tex"),
]  # fmt: skip


@pytest.mark.parametrize(("struck", "kind"), STRUCK)
def test_what_is_struck_out_is_not_said(struck, kind):
    page = f"$x = 1$ and\n\n{struck}\n\n$y = 2$\n"
    assert sources(page, kind) == ["x = 1", "y = 2"]


@pytest.mark.parametrize(
    "open_", ["~~", "<del>", "<s>", "<strike>", r"\sout{", "~~ ", "~~~", r"\strut{", "a~~b"]
)
def test_what_strikes_out_nothing_hides_nothing(open_):
    assert sources(f"text {open_}\n\n$y = 2$\n\n$z = 1$") == ["y = 2", "z = 1"]


@pytest.mark.parametrize("lead", ["dL/dW = ", "So dL/dW = ", "- dL/dW = ", "dL/dW ≈ ", "dL/dW: "])
@pytest.mark.parametrize(
    "array",
    [
        "[[-0.0477 -0.0955]\n [ 0.0490  0.0981]]",
        "[[-0.0477, -0.0955],\n        [ 0.0490,  0.0981]]",
        "tensor([[-0.0477, -0.0955],\n        [ 0.0490,  0.0981]])",
        "[ 0.1\n -0.2\n  0.3]",
    ],
)
def test_arrays_may_be_printed_over_several_lines(lead, array):
    below = array.count("\n")
    joined = " ".join(line.strip() for line in array.split("\n"))
    whole = found(f"z = 0.5\n{lead}{joined}\ndb = 2.5\n")
    assert found(f"z = 0.5\n{lead}{array}\ndb = 2.5") == [
        (line + below * (line > 2), kind, source) for line, kind, source in whole
    ]
    if lead.startswith("dL/dW ="):
        assert [line for line, *_ in whole] == [1, 2, 3]


@pytest.mark.parametrize(
    "text", ["x = [1, 2", "x = [1,\n\n2]", "x = [1, or\nelse 2]", "x =[" * 500]
)
def test_what_is_no_array_swallows_no_lines(text):
    assert sources(f"{text}\nz = 0.5")[-1] == "z = 0.5"
