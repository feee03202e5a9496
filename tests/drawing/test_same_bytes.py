"""Pictures are the same bytes in every process, whatever the seed of its hashes is."""

import hashlib
import os
import runpy
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from drawing_graphs import neuron

from graphdiff.drawing.picture import Picture
from graphdiff.drawing.plots.plot import Plot

GALLERY = Path(__file__).parents[2] / "examples" / "gallery.py"
sys.path.append(str(GALLERY.parent))


def digests() -> Iterator[str]:
    """Yield what every form of the first picture of each part of the gallery is."""
    firsts = [next(part()) for part in runpy.run_path(str(GALLERY))["PARTS"]]
    for name, picture in firsts:
        forms = ["svg", "alt"]
        if isinstance(picture, Picture):
            forms += ["tikz"] if isinstance(picture, Plot) else ["tikz", "dot"]
        for form in forms:
            yield f"{name} {form} {_digest(getattr(picture, form))}"
    graph = neuron()
    run = graph.backward()
    frames = graph.frames(run)
    made = graph.draw(run).pdf, frames.gif(0.5), frames[3].png()
    yield from map(_digest, made)


def _digest(made: str | bytes) -> str:
    return hashlib.sha256(made.encode() if isinstance(made, str) else made).hexdigest()


def test_a_process_with_other_hashes_draws_the_same():
    script = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from test_same_bytes import digests\nprint(*digests(), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(Path(__file__).parent), *sys.path],
        capture_output=True, text=True, check=True, encoding="utf-8",
        env={**os.environ, "PYTHONHASHSEED": "20261", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        here = list(digests())
    assert len(here) > 60
    assert done.stdout.splitlines() == here
