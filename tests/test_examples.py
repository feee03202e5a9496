"""Every example runs, and the files there are the built-in graphs."""

import re
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from graphdiff.cli import examples
from graphdiff.drawing.picture import Picture
from graphdiff.workbench import load_with_claims

FOLDER = Path(__file__).parent.parent / "examples"
sys.path[:0] = [str(FOLDER), str(FOLDER.parent / "benchmarks")]

import gallery_measures  # noqa: E402

DOCS = FOLDER.parent / "docs"
GALLERY = DOCS / "gallery.md"
PICTURES = {
    "make_pictures.py": DOCS / "pictures",
    "gallery.py": DOCS / "gallery",
    "rooms.py": DOCS / "architecture",
}


@pytest.mark.slow
@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_script_runs(script, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", script, tmp_path],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("name", examples.names())
def test_file_is_the_built_in_graph(name):
    assert (FOLDER / f"{name}.toml").read_text(encoding="utf-8") == examples.source(name)


def test_every_file_is_built_in():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(examples.names())


@pytest.mark.parametrize("name", examples.names())
def test_built_in_claims_hold_but_for_the_lectures_mistakes(name):
    graph, claims = load_with_claims(FOLDER / f"{name}.toml")
    found = {
        (r.target, r.claimed): r.verdict for r in graph.check(claims) if r.verdict != "correct"
    }
    if name == "linear-regression":
        assert found == {("J[2->3]", "2"): "wrong", ("J[3->5]", "b"): "coincidental"}
    else:
        assert found == {}


def said(svg):
    """Return what a picture says, and of which nodes and edges, without any place."""
    return re.findall(r"<title>.*?</title>|data-[a-z]+=\"[^\"]*\"|<desc>.*?</desc>", svg, re.DOTALL)


@pytest.mark.parametrize(("script", "folder"), PICTURES.items())
def test_pictures_of_the_documentation_say_what_is_drawn_now(script, folder):
    made = dict(runpy.run_path(str(FOLDER / script))["pictures"]())
    assert {path.stem for path in folder.glob("*.svg")} == set(made)
    for name, picture in made.items():
        kept = (folder / f"{name}.svg").read_text(encoding="utf-8")
        assert said(kept) == said(picture.svg), f"run: python examples/{script} {folder}"


@cache
def shown_in_the_gallery():
    return dict(gallery_measures.gallery.pictures())


def test_gallery_shows_every_picture_and_measures_those_that_do_not_play():
    page, _, table = GALLERY.read_text(encoding="utf-8").partition(gallery_measures.BEGIN)
    made = shown_in_the_gallery()
    assert set(re.findall(r"\]\(gallery/([\w-]+)\.svg\)", page)) == set(made)
    still = [name for name, picture in made.items() if isinstance(picture, Picture)]
    assert re.findall(r"^\| ([\w-]+) \| [\d.]+ pt", table, re.MULTILINE) == still


@pytest.mark.parametrize("name", ["colah", "gate-and", "plot-and"])
def test_table_of_the_gallery_says_what_is_measured_now(name):
    found = gallery_measures.line(name, shown_in_the_gallery()[name])
    assert found in GALLERY.read_text(encoding="utf-8").splitlines(), (
        "run: python benchmarks/gallery_measures.py --docs"
    )


def test_gradient_descent_descends():
    losses = [
        loss for loss, _ in runpy.run_path(str(FOLDER / "gradient_descent.py"))["descend"](20)
    ]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1
