"""What the colours and widths of edges mean, and what a reader should know besides."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.network import names
from graphdiff.drawing.network.elision import Excerpt
from graphdiff.drawing.network.figure import draws_biases
from graphdiff.drawing.network.paints import THICK, THIN, Scale, signed
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.recognition.network_numbers import Numbers

MOST_NAMES = 4


def samples(excerpt: Excerpt, scale: Scale, theme: Theme, options: Options) -> Iterator[Entry]:
    """Yield the samples of what is drawn."""
    if "legend" not in options.show:
        return
    values = [scale.number(link.weight) for link in excerpt.links]
    known = [float(value) for value in values if value is not None]
    run = scale.numbers.run
    what = "weight"
    if scale.by == "gradient" and run is not None:
        what = f"∂{run.output}/∂w"
    middle = (THIN + THICK) / 2
    if any(value > 0 for value in known):
        yield Entry(Stroke(signed(1.0, theme), middle), f"{what} > 0")
    if any(value < 0 for value in known):
        yield Entry(Stroke(signed(-1.0, theme), middle, dashed=True), f"{what} < 0")
    if scale.by != "plain":
        largest = names.number(scale.largest, 3).plain
        yield Entry(None, f"the thicker the larger, up to {largest}")
    has_biases = any(excerpt.network.units[k].biases for k in excerpt.where)
    is_shown = len(excerpt.network.neurons) > 1 and draws_biases(excerpt)
    if has_biases and is_shown and options.show & {"name", "value"}:
        yield Entry(Stroke(theme.kinds["parameter"].stroke, 1.4), "short arrow: bias")


def remarks(excerpt: Excerpt, numbers: Numbers, scale: Scale, options: Options) -> Iterator[Entry]:
    """Yield what a reader should know of the picture."""
    for said in _remarks(excerpt, numbers, scale, options):
        yield Entry(None, said)


def _remarks(excerpt: Excerpt, numbers: Numbers, scale: Scale, options: Options) -> Iterator[str]:
    network = excerpt.network
    if any(shown.column is not None and None in shown.slots for shown in excerpt.columns):
        yield "of wide layers the first and the last are drawn"
    has_biases = any(network.units[k].biases for k in excerpt.where)
    is_perceptron = len(network.neurons) == 1
    if has_biases and not is_perceptron and not draws_biases(excerpt):
        yield "biases are not drawn"
    samples = numbers.samples
    if samples > 1 and "value" in options.show:
        yield f"values of the first of {samples} samples"
    if network.shared:
        shown = ", ".join(network.shared[:MOST_NAMES])
        dots = ", …" if len(network.shared) > MOST_NAMES else ""
        yield f"several edges share their weight: {shown}{dots}"
    if options.edges == "gradient" and scale.by != "gradient":
        yield "the gradients are not known, or all 0"
