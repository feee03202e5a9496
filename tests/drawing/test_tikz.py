"""TikZ: text that compiles on its own and by input, with nothing obeyed that a user wrote."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from drawing_graphs import GRAPHS, HOSTILE, regression

import graphdiff as gd
from graphdiff.drawing import THEMES
from graphdiff.drawing.scene import Circle, Group, Rectangle, Scene, Stroke, Text
from graphdiff.drawing.scene import Path as Line
from graphdiff.drawing.typeset import formula, words
from graphdiff.drawing.writers.tikz import tikz

EXAMPLES = Path(__file__).parents[2] / "examples"
GOLDEN = Path(__file__).parent / "golden"


def has_tikz() -> bool:
    if not (shutil.which("pdflatex") and shutil.which("kpsewhich")):
        return False
    return installed("tikz.sty")


def installed(name: str) -> bool:
    found = subprocess.run(["kpsewhich", name], capture_output=True, check=False)
    return found.returncode == 0


needs_tikz = pytest.mark.skipif(not has_tikz(), reason="no TikZ (Debian: texlive-pictures)")


def compiled(folder: Path, source: str) -> str:
    """Compile a document and return its log."""
    (folder / "it.tex").write_text(source, encoding="utf-8")
    plain = r"\pdfobjcompresslevel=0 \input{it}"  # so that its objects are read as text
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape",
         "-jobname=it", plain],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    log = (folder / "it.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    return log


def example(name: str, **options):
    graph = gd.load(EXAMPLES / f"{name}.toml")
    return graph.draw(graph.backward(), **options)


def small() -> Scene:
    """Return a scene with one item of every kind."""
    line = Stroke("#112233", 1.5, dashed=True)
    return Scene(
        100, 50, "#ffffff", "a 100 % test", "alt",
        (
            Rectangle(5, 5, 30, 20, radius=4, fill="#cfe4fa", stroke=Stroke("#1c62a8", 1.5)),
            Circle(60, 15, 8, stroke=line),
            Line((10, 40), (((20, 40),), ((25, 30), (35, 30), (40, 40))), stroke=line),
            Line((50, 30), (((60, 30),), ((55, 40),)), closed=True, fill="#1c62a8"),
            Group(
                (
                    Text(formula("x^{2}", "x^2", 12), 0, 0, "#14181f"),
                    Text(words("50 % of_it", 10), 10, 5, "#14181f", centred=False),
                ),
                70, 40, kind="label", title="a label\n\\input{x} ŷ",
            ),
        ),
    )  # fmt: skip


def test_every_kind_of_item_is_written_so():
    assert tikz(small()) == (GOLDEN / "items.tex").read_text(encoding="utf-8")


def test_the_regression_is_written_so():
    picture = regression().draw(direction="TB")
    assert picture.tikz == (GOLDEN / "regression.tex").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GRAPHS)
def test_it_is_ascii_without_a_line_of_its_own_for_what_users_wrote(name):
    graph = GRAPHS[name]()
    source = graph.draw(graph.backward()).tikz
    assert source.isascii()
    for line in source.splitlines():
        assert re.match(r"\s*(\\|%|line join|at|\{|$)", line), line


def test_it_is_the_same_every_time():
    assert example("softmax-regression").tikz == example("softmax-regression").tikz


def test_a_picture_made_smaller_is_so_in_tikz():
    full, half = example("linear-regression"), example("linear-regression", width=750)
    unit = re.compile(r"x=([0-9.]+)bp")
    scale = 750 / full.scene.width
    assert float(unit.search(half.tikz)[1]) == pytest.approx(0.75 * scale, abs=1e-4)


@needs_tikz
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["linear-regression", "softmax-regression", "sigmoid-neuron"])
def test_it_compiles_on_its_own(name, theme, tmp_path):
    picture = example(name, theme=theme)
    log = compiled(tmp_path, picture.tikz)
    assert "1 page" in log
    if installed("lmodern.sty"):
        assert b"/Type3" not in (tmp_path / "it.pdf").read_bytes()
    assert "Overfull" not in log
    width, height = picture.scene.pixels
    found = page_size(tmp_path / "it.pdf")
    assert found == pytest.approx((width * 0.75, height * 0.75), abs=0.6)


def page_size(path: Path) -> tuple[float, ...]:
    box = re.search(rb"/MediaBox\s*\[([^\]]*)\]", path.read_bytes())
    assert box is not None
    left, top, right, bottom = map(float, box[1].split())
    return right - left, bottom - top


@needs_tikz
@pytest.mark.parametrize("style", ["graph", "network"])
def test_it_compiles_by_input(style, tmp_path):
    (tmp_path / "figure.tex").write_text(
        example("two-layer-network", style=style, width="120mm" if style == "network" else None,
                show=["name", "formula", "value"]).tikz,
        encoding="utf-8",
    )  # fmt: skip
    log = compiled(
        tmp_path,
        r"\documentclass[a4paper]{article}\usepackage[margin=5mm]{geometry}"
        r"\usepackage{tikz, amsmath, amssymb}"
        r"\begin{document}Before.\begin{figure}[h]\resizebox{\linewidth}{!}{\input{figure}}"
        r"\caption{It.}\end{figure} After, twice: \scalebox{0.2}{\input{figure}}\end{document}",
    )
    assert "Output written" in log


@needs_tikz
def test_what_users_wrote_is_printed_not_obeyed(tmp_path):
    graph = gd.Graph(HOSTILE)
    graph.node("y", graph.input("x_ŷ", 2) ** 2)
    graph.group("100 % \\input{/etc/hostname} $ } &", ["y"])
    (tmp_path / "evil.tex").write_text(r"\errmessage{obeyed}", encoding="utf-8")
    compiled(tmp_path, graph.draw(graph.backward()).tikz)


def test_commands_in_titles_are_escaped():
    graph = gd.Graph(r"\input{/etc/passwd} \write18{x} $ % } # & ^^41")
    graph.node("y", graph.input("x", 2) ** 2)
    source = graph.draw().tikz
    body = re.sub(r"^\s*%.*$", "", source, flags=re.MULTILINE)
    body = re.sub(r"\} % .*$", "}", body, flags=re.MULTILINE)
    assert r"\input{/etc" not in body
    assert r"\textbackslash{}input\{/etc/passwd\}" in body
    assert "^^" not in body
