"""The page as a file: whole, safe, and with a formula for each key that its script asks for."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import graphdiff as gd
from graphdiff.cli import main
from graphdiff.errors import DrawingError, GraphdiffError

SOURCES = Path(__file__).parents[2] / "page"


def neuron(title="One neuron"):
    graph = gd.Graph(title)
    x, w, b = graph.input("x", 1.5), graph.parameter("w", 0.4), graph.parameter("b", 0.1)
    z = graph.node("z", w * x + b)
    graph.node("L", (gd.sigmoid(z) - 1) ** 2)
    return graph


def scripts(html):
    return re.findall(r"<script>(.*?)</script>", html, re.DOTALL)


def test_its_policy_runs_its_own_scripts_and_loads_nothing():
    html = neuron().explore().html
    digests = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in scripts(html)
    ]
    assert len(digests) == 2
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    named = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src {named}"
    assert not re.search(r"(?:src|href)=\"(?!#)", html)


def test_words_of_others_stay_words():
    graph = neuron("</script><script>alert(1)</script><img src=x onerror=alert(1)>")
    html = graph.explore().html
    assert "<img" not in html
    assert len(scripts(html)) == html.count("<script") == 2


def test_each_formula_that_the_script_asks_for_is_there():
    graph = neuron()
    html = graph.explore().html
    keys = set(re.findall(r'template data-formula="([^"]*)"', html))
    steps = 1 + 2 + 5  # the leaves are given; forward; backward
    assert {f"step {k}" for k in range(steps)} <= keys
    assert {f"name {k}" for k in range(5)} <= keys
    assert {f"formula {k}" for k in range(5)} <= keys
    assert {"jacobian 3 0", "jacobian 3 1", "jacobian 3 2", "jacobian 4 0", "term 4 0"} <= keys


def test_the_formulas_of_the_steps_are_those_of_the_sweeps():
    html = neuron().explore().html
    told = re.findall(r'template data-formula="step \d+">.*?aria-label="([^"]*)"', html)
    assert told == [
        "the values given", "z = w*x + b", "L = (sigmoid(z) - 1)**2",
        "P^5 = I", "P^4 = P^5 J^(4→5)", "P^3 = P^4 J^(3→4)", "P^2 = P^4 J^(2→4)", "P^1 = P^4 J^(1→4)",
    ]  # fmt: skip


def test_the_size_of_a_small_page():
    assert len(neuron().explore().html.encode()) < 300_000


def test_what_is_no_scalar_or_too_large_is_refused():
    graph = gd.Graph()
    W = graph.parameter("W", [[1.0, 2.0], [3.0, 4.0]])
    graph.node("Y", W @ W)
    with pytest.raises(DrawingError, match="'Y' has 4 entries; the explorer"):
        graph.explore(graph.backward("Y"))
    large = gd.Graph()
    x = large.parameter("x", [0.5] * 600)
    y = large.node("y", gd.tanh(x))
    large.node("L", gd.sum(y))
    with pytest.raises(DrawingError, match="360600 entries, more than the 200000"):
        large.explore()
    with pytest.raises(GraphdiffError, match="no value for"):
        empty = gd.Graph()
        empty.node("L", empty.parameter("w") ** 2)
        empty.explore()


def test_what_is_no_picture_of_nodes_is_refused_by_name():
    with pytest.raises(DrawingError, match="not in the style 'circuit'; leave style out"):
        neuron().explore(style="circuit")


def test_it_is_saved_and_shows_itself(tmp_path):
    page = neuron().explore()
    assert page.save(tmp_path / "page.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(DrawingError, match="html"):
        page.save(tmp_path / "page.svg")
    assert repr(page).startswith("<Explorer of 'One neuron', ")
    assert page._repr_html_().startswith('<iframe sandbox="allow-scripts"')


def test_the_command(tmp_path, capsys):
    neuron().save(tmp_path / "neuron.toml")
    target = tmp_path / "page.html"
    assert main(["explore", str(tmp_path / "neuron.toml"), "-o", str(target)]) == 0
    assert "wrote " in capsys.readouterr().out
    assert "const MODEL" in target.read_text(encoding="utf-8")
    assert main(["explore", str(tmp_path / "neuron.toml"), "-o", str(target), "--digits", "3"]) == 2
    assert "--force" in capsys.readouterr().err


@pytest.mark.skipif(
    not (SOURCES / "node_modules" / ".bin" / "esbuild").exists() or not shutil.which("npm"),
    reason="the tools of the page are not installed: npm ci in page/",
)
def test_the_script_is_built_from_its_sources(tmp_path):
    built = tmp_path / "page.js"
    arguments = ["src/main.ts", "--bundle", "--format=iife", "--target=es2022", "--charset=utf8"]
    subprocess.run(
        [SOURCES / "node_modules/.bin/esbuild", *arguments, "--minify", f"--outfile={built}"],
        cwd=SOURCES, check=True, capture_output=True,
    )  # fmt: skip
    kept = Path(gd.__file__).parent / "explorer" / "page.js"
    assert built.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")
