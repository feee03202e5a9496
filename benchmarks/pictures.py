"""How well pictures can be read: python benchmarks/pictures.py [--only WORD] [--save FOLDER].

Each graph of a zoo is drawn with its reverse sweep in the width of a page's text, in that of a column
and on a slide. The table tells, of each, the smallest type in points (7 is that of footnotes), the
ink share, and two counts of labels: those that stand nearer to another edge than to their own, and
those that an edge crosses; and what the picture says it leaves out.

The ink share is that of the squares of a line and a half of type, in the rectangle around nodes,
labels and edges, in which there is something of these.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pictured_graphs import ZOO, swept

import graphdiff as gd
from graphdiff.drawing.fit.ink import ink, points
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.layout.areas import Area, written
from graphdiff.drawing.layout.layout import LaidOut
from graphdiff.drawing.styles import CircuitPicture, GraphPicture

SHEETS: Mapping[str, Mapping[str, str]] = {
    "160 mm": {"width": "160mm"},
    "84 mm": {"width": "84mm"},
    "16:9": {"aspect": "16:9"},
}


class Measures(NamedTuple):
    """What is measured of one picture."""

    points: float
    ink: float
    nearer: int
    crossed: int
    left_out: str
    seconds: float


def measures(graph: gd.Graph, **choices: str) -> Measures:
    """Return what is measured of the picture of a graph."""
    run = swept(graph)
    start = time.perf_counter()
    return measured(graph.draw(run, **choices), start)


def measured(picture: GraphPicture | CircuitPicture, start: float | None = None) -> Measures:
    """Return what is measured of a picture, and the seconds from a start to its end."""
    start = time.perf_counter() if start is None else start
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scene = picture.scene
    seconds = time.perf_counter() - start
    nearer, crossed = labels_of(picture.laid_out)
    told = [
        r.text for r in picture.laid_out.measured.description.remarks if r.text.startswith("On ")
    ]
    return Measures(
        smallest(scene), ink(picture.laid_out), nearer, crossed, " ".join(told), seconds
    )


def labels_of(found: LaidOut) -> tuple[int, int]:
    """Return how many labels stand nearer to another edge, and how many an edge crosses."""
    lines = [points(curve) for curve in found.curves]
    nearer = crossed = 0
    for k, (corner, box) in enumerate(zip(found.labels, found.measured.edges, strict=True)):
        if corner is not None:
            area = written(corner, box)
            own = _distance(area, lines[k])
            other = _distance(area, [p for j, line in enumerate(lines) if j != k for p in line])
            crossed += other == 0
            nearer += other < own and k not in found.leaders
    return nearer, crossed


def _distance(area: Area, some: Iterable[tuple[float, float]]) -> float:
    found = np.array(list(some)).reshape(-1, 2)
    nearest = np.clip(found, area[:2], area[2:])
    return float(np.hypot(*(found - nearest).T).min(initial=math.inf))


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="graphs whose names have this in them")
    parser.add_argument("--save", type=Path, help="a folder for the pictures, as PNG")
    given = parser.parse_args(arguments)
    print("| graph | sheet | smallest type | ink | nearer | crossed | left out | seconds |")
    print("|---|---|---:|---:|---:|---:|---|---:|", flush=True)
    bad = 0
    for name, make in ZOO.items():
        if given.only not in name:
            continue
        for sheet, choices in SHEETS.items():
            graph = make()
            found = measures(graph, **choices)
            bad += found.points < 6 - 1e-6
            print(
                f"| {name} | {sheet} | {found.points:.1f} pt | {found.ink:.0%} | {found.nearer} "
                f"| {found.crossed} | {found.left_out} | {found.seconds:.1f} |",
                flush=True,
            )
            if given.save:
                _saved(graph, given.save / f"{name}-{sheet}.png".replace(":", "-"), choices)
    print(f"\n{bad} pictures have type under 6 pt.")
    return 0


def _saved(graph: gd.Graph, path: Path, choices: Mapping[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph.draw(swept(graph), **choices).save(path, scale=3)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
