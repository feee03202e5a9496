"""How well the pictures of the gallery can be read: python benchmarks/gallery_measures.py [--docs].

Each is drawn as wide as a page's text, as wide as a column, and as a slide, and measured as in
``pictures.py``; of networks, architectures and plots the type alone. ``--docs``
writes the table into ``docs/gallery.md``, ``--save`` the pictures, as PNG; with ``--only`` the other
lines stay as they are on the page.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import table
from pictured_graphs import EXAMPLES
from pictures import SHEETS, Measures, measured

from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.styles import CircuitPicture, GraphPicture

sys.path.append(str(EXAMPLES))

import gallery

PAGE = EXAMPLES.parent / "docs" / "gallery.md"
BEGIN = "<!-- the table begins: written by benchmarks/gallery_measures.py --docs -->"
HEADER = f"| picture | {' | '.join(SHEETS)} | labels |\n|---|{'---:|' * len(SHEETS)}---:|"


def on_sheet(picture: Picture, choices: Mapping[str, str]) -> Picture:
    """Return a picture drawn again for a sheet."""
    sheet = {"width": None, "aspect": None, "page": None, **choices}
    return replace(picture, options=replace(picture.options, **sheet))


def line(name: str, picture: Picture) -> str:
    """Return the line of the table for a picture: type and ink on each sheet, and both counts."""
    found = [_measured(on_sheet(picture, choices)) for choices in SHEETS.values()]
    said = [
        f"{one.points:.1f} pt, {one.ink:.0%}" if isinstance(one, Measures) else f"{one:.1f} pt"
        for one in found
    ]
    whole = [one for one in found if isinstance(one, Measures)]
    labels = f"{sum(one.nearer for one in whole)}, {sum(one.crossed for one in whole)}"
    return f"| {name} | {' | '.join(said)} | {labels if whole else ''} |"


def _measured(picture: Picture) -> Measures | float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (
            measured(picture)
            if isinstance(picture, GraphPicture | CircuitPicture)
            else smallest(picture.scene)
        )


def lines(only: str, before: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the table, those from before where nothing else is asked for."""
    for name, picture in gallery.pictures():
        if isinstance(picture, Picture):  # what plays is not measured
            kept = before.get(name) if only not in name else None
            yield kept or line(name, picture)


def lines_of(page: Path) -> dict[str, str]:
    """Return the lines of the table on a page, by the name of the picture."""
    _, _, after = page.read_text(encoding="utf-8").partition(BEGIN)
    written = [one for one in after.partition(table.END)[0].splitlines() if one.startswith("| ")]
    return {one.split()[1]: one for one in written[1:]}


def save(only: str, folder: Path) -> None:
    """Write the pictures of each sheet."""
    for name, picture in gallery.pictures():
        if only in name and isinstance(picture, Picture):
            for sheet, choices in SHEETS.items():
                path = folder / f"{name}-{sheet}.png".replace(":", "-")
                on_sheet(picture, choices).save(path, scale=3)


def main(arguments: list[str]) -> int:
    """Print the table, and write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="measure pictures whose names have this in them")
    parser.add_argument("--save", type=Path, help="a folder for the pictures, as PNG")
    parser.add_argument("--docs", action="store_true", help="write the table into the page")
    given = parser.parse_args(arguments)
    written = [HEADER]
    print(HEADER, flush=True)
    for one in lines(given.only, lines_of(PAGE)):
        print(one, flush=True)
        written.append(one)
    if given.docs:
        table.put_between_marks(PAGE, "\n".join(written), BEGIN)
    if given.save:
        save(given.only, given.save)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
