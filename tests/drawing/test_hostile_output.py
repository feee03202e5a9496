"""Whatever users write, what is written says it and does nothing else: HTML, SVG, TeX, DOT, Markdown."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import warnings
from dataclasses import replace
from functools import cache, lru_cache

import pytest
from hypothesis import given, settings
from nasty_texts import TEXTS, UNSEEN, texts
from reading_output import (
    SVG,
    check_markdown,
    check_page,
    check_svg,
    check_tex,
    hidden,
    tex_words,
)

import graphdiff as gd
from graphdiff import drawing
from graphdiff.cli import main
from graphdiff.derivations.derivation import MACROS, Derivation, Line, Step, fragment
from graphdiff.drawing.layout import layout
from graphdiff.drawing.writers import tikz
from graphdiff.errors import GraphError
from graphdiff.errors.plain_text import is_seen, neutral, one_line

EVERYTHING = "".join(UNSEEN)
NAMES = ["write18", "input", "def", "script", "onload", "__proto__", "x̂", "ŷ", "ﬁ", "ℒ", "а", "اسم", "名前", "ß",
         "trọng", "w_1__2", "dL_dw", "_", "constructor"]  # fmt: skip
LOOSE = settings(max_examples=25)


def graph_of(text: str) -> gd.Graph:
    """Return a graph with a text as its title, and in the name of a group where it may be one."""
    graph = gd.Graph(text)
    x, w, b = graph.input("x", 2), graph.parameter("w", 3), graph.parameter("b", 1)
    u = graph.node("u", x * w)
    graph.node("L", gd.sigmoid(u + b))
    try:
        graph.group(text[:90], ["w", "b", "u"])
    except GraphError as error:
        assert hidden(str(error)) == set()
        graph.group(neutral(text, 90) or "group", ["w", "b", "u"])
    return graph


def claimed(graph: gd.Graph, text: str):
    """Return a report with wrong claims whose every part is a text of others."""
    report = graph.check({"u": 7, "J[w->u]": ["x", 5], "dL/dw": 9})
    results = [replace(result, claimed=text, expected=text, note=text) for result in report]
    return replace(report, title=text, results=tuple(results))


@lru_cache(maxsize=100)
def whole_picture(text: str):
    """Return a picture in which every part is a text, made once for all tests."""
    graph = graph_of(text)
    return graph.draw(graph.backward(), check=claimed(graph, text))


def check_dot(source: str, nodes: int) -> None:
    """Read DOT by the layout program: it has the parts it should have, and no links."""
    assert hidden(re.sub(r"^\t+", "", source, flags=re.MULTILINE)) == set()
    found = layout.run(layout.find_dot(), source)
    objects = [o for o in found["objects"] if "nodes" not in o and "subgraphs" not in o]
    assert len(objects) == nodes
    for part in (found, *found["objects"], *found.get("edges", ())):
        assert not {
            key
            for key in part
            if key.lower() in ("url", "href", "image", "stylesheet", "shapefile")
        }
        drawn = part.get("_ldraw_", ())
        assert not [o for o in drawn if o["op"] == "t" and o["fontchar"]], "it was read as HTML"


def check_all(picture, nodes: int | None = None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_svg(picture.svg)
        check_tex(picture.tikz, tikz.HEAD)
        assert hidden(picture.scene.alt) == set()
    if nodes is not None:
        check_dot(picture.dot, nodes)


@pytest.mark.parametrize("text", [*TEXTS, EVERYTHING, "".join(TEXTS)])
def test_pictures(text):
    whole = whole_picture(text)
    check_all(whole, nodes=6)  # with its legend
    title = check_svg(whole.svg).find(f"{SVG}title").text
    assert (one_line(text)[:60].rstrip() or "Computational graph") in title


@pytest.mark.parametrize("text", [*TEXTS[::4], EVERYTHING, "".join(TEXTS)])
@pytest.mark.parametrize("choices", [{"collapse": "all", "theme": "dark"}, {"style": "network"}])
def test_other_pictures(text, choices):
    graph = graph_of(text)
    check_all(graph.draw(graph.backward(), **choices))


def test_a_long_claim_does_not_fill_the_picture():
    graph = graph_of("title")
    run = graph.backward()
    long, short = (
        graph.draw(run, check=claimed(graph, text)) for text in ("spam " * 20_000, "spam")
    )
    assert long.scene.height < short.scene.height + 1500
    check_all(long)


@pytest.mark.slow
@given(texts())
@LOOSE
def test_pictures_of_any_text(text):
    check_all(whole_picture(text), nodes=6)


@pytest.mark.parametrize("text", [*TEXTS[::4], EVERYTHING])
def test_frames(text):
    graph = graph_of(text)
    frames = graph.frames(graph.backward())
    for frame in (frames[0], frames[len(frames) - 1]):
        check_svg(frame.svg)
    check_svg(frames.animated_svg())


@cache
def harmless_tags() -> set[str]:
    """Return the tags of a page in which nothing is hostile."""
    graph = graph_of("title")
    derivation = graph.explain("L", "w")
    return set(check_page(drawing.page(graph, None, [derivation], graph.draw())).tags)


@pytest.mark.parametrize("text", [*TEXTS, EVERYTHING])
def test_pages(text):
    picture = whole_picture(text)
    graph, run = picture.drawn
    derivation = graph.explain("L", "w", run=run)
    hostile = Derivation(text, (Step(text, (Line(text, "x"), Line(text, ""))), *derivation.steps))
    page = check_page(drawing.page(graph, run, [hostile], picture, dark=picture))
    assert set(page.tags) <= harmless_tags() | {"circle"}
    assert page.tags.count("h1") == 1


@pytest.mark.parametrize("language", ['"><script>', "en\nx", "' onload='x"])
def test_the_language_of_a_page(language):
    graph = graph_of("title")
    check_page(drawing.page(graph, None, [], graph.draw(), language=language))


@pytest.mark.parametrize("text", [*TEXTS, EVERYTHING])
def test_derivations(text):
    check_derivation(text)


@given(texts())
@LOOSE
def test_derivations_of_any_text(text):
    check_derivation(text)


def check_derivation(text: str) -> None:
    derivation = Derivation(text, (Step(text, (Line(text, "x"),)), Step(text, (Line(text, "y"),))))
    assert hidden(derivation.text()) == set()
    assert derivation.text().count("\n") == 7
    said = check_markdown(derivation.markdown(), formulas=2)
    assert said[:1] == ([one_line(text).strip()] if one_line(text).strip() else said[:1])
    words = check_tex(fragment([derivation]))
    assert words.count("section") == 1
    assert words.count("paragraph") == 2


def named_graph(name: str) -> gd.Graph:
    graph = gd.Graph(name)
    x = graph.input(name, 2)
    own = gd.function(
        f"f_{name}", lambda t: t**3 + t, latex=r"\mathrm{own}\left({0}\right)" if name < "n" else ""
    )
    graph.node("L", own(x * 2) + x)
    return graph


@pytest.mark.parametrize("name", NAMES)
def test_names_of_nodes_and_functions(name):
    graph = named_graph(name)
    run = graph.backward()
    picture = graph.draw(run)
    check_all(picture)
    derivation = graph.explain("L", name, run=run)
    check_tex(fragment([derivation]).replace(MACROS, ""))
    check_markdown(
        derivation.markdown(), formulas=sum(len(step.lines) for step in derivation.steps)
    )
    check_page(drawing.page(graph, run, [derivation], picture))


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no pdflatex on this machine")
@pytest.mark.parametrize("text", TEXTS[::3])
def test_it_compiles_without_a_shell(text, tmp_path):
    (tmp_path / "it.tex").write_text(whole_picture(text).tikz, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "it.tex"],
        cwd=tmp_path, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    if b"tikz.sty' not found" in done.stdout:
        pytest.skip("no TikZ (Debian: texlive-pictures)")
    assert done.returncode == 0, done.stdout[-2000:]
    assert not (tmp_path / "owned").exists()


# The command line


@pytest.mark.parametrize("text", [*TEXTS[::6], EVERYTHING])
@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["run", "--format", "json"],
        ["derive"],
        ["derive", "--format", "markdown"],
        ["derive", "--format", "latex"],
        ["trace"],
        ["trace", "--format", "html"],
    ],
)
def test_what_is_printed(text, command, tmp_path, capsys):
    path = tmp_path / "g.toml"
    graph_of("title").save(path)
    source = path.read_text(encoding="utf-8")
    quoted = "".join(f"\\U{ord(c):08X}" if not 0xD800 <= ord(c) < 0xE000 else "?" for c in text)
    path.write_text(source.replace('title = "title"', f'title = "{quoted}"'), encoding="utf-8")
    assert main([command[0], str(path), *command[1:]]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert hidden(out) == set()
    if command[-1] == "json":
        assert json.loads(out)["title"] == text.replace("\ud800", "?").replace("\udfff", "?")


@pytest.mark.parametrize(
    "name", ["a\nwrote b", "a\x1b[2J", "a\u202eb", "a\u2028b", "a\rb", "a'\"<b>", "-x"]
)
def test_names_of_files(name, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    graph_of("title").save("g.toml")
    assert main(["draw", "g.toml", "-o", f"./{name}.svg"]) == 0
    out, _ = capsys.readouterr()
    assert out == f"wrote {neutral(f'{name}.svg')}\n"
    for arguments in (["run", f"./{name}.toml"], ["draw", "g.toml", "-o", f"./{name}.xyz"], ["draw", "g.toml", "-o", f"./none/{name}.svg"],
                      ["run", "g.toml", "--set", f"{name}=1"], ["run", "g.toml", "--output", name], ["draw", "g.toml", "-o", "x.svg", "--theme", name],
                      ["draw", "g.toml", "-o", "x.svg", "--collapse", name], [f"{name}"], ["run", "g.toml", f"--{name}"], ["example", f"_{name}"]):  # fmt: skip
        assert main(arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert is_seen(err[:-1])


def test_the_readers_find_what_they_are_for():
    for bad in (
        "<script/>",
        '<g onload="x"/>',
        '<use href="//x"/>',
        "<foreignObject/>",
        '<rect fill="url(//x)"/>',
        "<title>\u202e</title>",
    ):
        with pytest.raises(AssertionError):
            check_svg(f'<svg xmlns="{SVG[1:-1]}">{bad}</svg>')
    for bad in (
        r"\input{x}",
        r"\write18{x}",
        "^^5cinput{x}",
        "}",
        "$",
        r"\begin{scope}",
        r"\catcode`\%=12",
        r"\unheard",
    ):
        with pytest.raises(AssertionError):
            check_tex(bad)
    assert tex_words("% \\input{x}\n\\to") == ["to"]
    for bad in (
        "[a](b)",
        "![a](b)",
        "<b>",
        "<http://x.y>",
        "`x`",
        "- x",
        "$$",
        "*x*",
        "[a]: b\n\n[a]",
    ):
        with pytest.raises(AssertionError):
            check_markdown(bad, 0)
    for bad in (
        "<script>",
        "<p onclick=x>",
        "<!-- x -->",
        "<iframe src=x>",
        '<meta http-equiv="refresh">',
        "</div>",
    ):
        with pytest.raises((AssertionError, IndexError)):
            check_page(f"<!DOCTYPE html><html>{bad}</html>")
