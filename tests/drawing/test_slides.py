"""Steps as slides of Beamer: on each slide stands what the step shows, and no more."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from drawing_graphs import GRAPHS, regression, square
from nasty_texts import TEXTS
from reading_output import check_tex

import graphdiff as gd
from graphdiff.drawing.writers import tikz


def steps(graph, **choices):
    return graph.draw(graph.backward(), **choices).frames()


def drawn(source: str, slide: int = 0) -> list[str]:
    """Return what is drawn on a slide, without what is seen on others; on 0, in other documents."""
    seen, found = [], []
    body = source.partition(r"\useasboundingbox")[2].partition(r"\end{tikzpicture}")[0]
    for line in map(str.strip, body.splitlines()):
        if only := re.fullmatch(r"\\graphdiffonly\{(\d+)\}\{(\d*)\}\{%", line):
            first, last = int(only[1]), int(only[2] or 10**9)
            seen.append(first <= slide <= last if slide else not only[2])
        elif line == "}%":
            seen.pop()
        elif all(seen) and line.startswith((r"\path", r"\graphdifftext")):
            found.append(line)
    assert seen == []
    return found


@pytest.mark.parametrize(
    ("make", "choices"),
    [
        (regression, {}),
        (square, {"theme": "dark"}),
        (GRAPHS["neuron"], {"style": "network"}),
        (regression, {"style": "circuit"}),
        (GRAPHS["attention"], {}),
    ],
)
def test_a_slide_shows_its_step(make, choices):
    frames = steps(make(), **choices)
    assert len({tuple(drawn(frames.beamer, k + 1)) for k in range(len(frames))}) == len(frames)
    for k, frame in enumerate(frames, start=1):
        assert drawn(frames.beamer, k) == drawn(tikz.tikz(frame.scene))


def test_in_other_documents_it_shows_the_last_step():
    frames = steps(regression())
    assert drawn(frames.beamer) == drawn(tikz.tikz(frames[len(frames) - 1].scene))


@pytest.mark.parametrize("head", [tikz.HEAD, tikz.SLIDES])
def test_no_space_is_left_before_the_picture(head):
    """In a paragraph, the end of a line after a brace is a space."""
    used = re.sub(r"\\else\n  \\documentclass.*?\n\\fi\n", "", head, flags=re.DOTALL)
    assert len(used) < len(head) - 100
    for line in used.splitlines():
        assert line.startswith("%") or not line.endswith("}"), line


def test_saving(tmp_path):
    frames = steps(square())
    (path,) = frames.save(tmp_path / "a.tex")
    assert path.read_text(encoding="ascii") == frames.beamer
    paths = frames.save(tmp_path / "a.tex", numbered=True)
    assert [path.name for path in paths] == [f"a-00{k}.tex" for k in range(1, 5)]
    assert paths[0].read_text(encoding="ascii") == tikz.tikz(frames[0].scene)


@pytest.mark.parametrize("text", TEXTS[::3])
def test_nothing_that_users_write_is_obeyed(text):
    graph = gd.Graph(text)
    graph.node("L", graph.input("x", 2) ** 2)
    source = steps(graph).beamer
    check_tex(source, tikz.SLIDES)
    assert source.isascii()
    body = source.replace(tikz.SLIDES.rstrip("\n"), "")
    plain = re.sub(r"%.*", "", re.sub(r"\\[\\{}%]", "", body))
    assert plain.count("{") == plain.count("}")
    assert body.count(r"\graphdiffframe") == 1


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no pdflatex on this machine")
@pytest.mark.parametrize("where", ["alone", "frame", "article"])
def test_it_compiles(where, tmp_path):
    frames = steps(square())
    source = frames.beamer
    (tmp_path / "steps.tex").write_text(source, encoding="ascii")
    loaded = r"\usepackage{tikz, amsmath, amssymb}\begin{document}"
    if where == "frame":
        source = (
            r"\documentclass{beamer}"
            + loaded
            + r"\begin{frame}\input{steps}\end{frame}\end{document}"
        )
    if where == "article":
        source = r"\documentclass{article}" + loaded + r"\input{steps}\end{document}"
    (tmp_path / "it.tex").write_text(source, encoding="ascii")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "it.tex"],
        cwd=tmp_path, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    if b"tikz.sty' not found" in done.stdout or b"beamer.cls' not found" in done.stdout:
        pytest.skip("no TikZ or Beamer (Debian: texlive-pictures, texlive-latex-recommended)")
    assert done.returncode == 0, done.stdout[-2000:]
    pages = 1 if where == "article" else len(frames)
    assert f"({pages} page".encode() in done.stdout
