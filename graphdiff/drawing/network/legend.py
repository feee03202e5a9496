"""What the colours and widths of edges mean, and what a reader should know besides."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.drawing.labels.description import Entry, Phrase, Steps, counted
from graphdiff.drawing.network import names
from graphdiff.drawing.network.elision import Excerpt, digits_at
from graphdiff.drawing.network.paints import THICK, THIN, Scale, signed
from graphdiff.drawing.network.unit_words import draws_biases, longest_step
from graphdiff.drawing.network.wording import DELTA
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Stroke
from graphdiff.notation import latex
from graphdiff.notation.text import is_rounded, number
from graphdiff.recognition.network_numbers import Numbers

MOST_NAMES = 4
BIAS = "short arrow: bias"
NO_BIASES = "biases are not drawn"


def samples(
    excerpt: Excerpt, scale: Scale, options: Options, steps: Steps | None = None
) -> Iterator[Entry]:
    """Yield the samples of how edges are drawn; ``steps`` are those they are drawn so in."""
    if "legend" not in options.show:
        return
    theme, run = options.theme, scale.numbers.run
    known = [float(v) for link in excerpt.links if (v := scale.number(link.weight)) is not None]
    what = "weight"
    if scale.by == "gradient" and run is not None:
        what = f"∂{run.output}/∂w"
    middle = (THIN + THICK) / 2
    if any(value > 0 for value in known):
        yield Entry(Stroke(signed(1.0, theme), middle), f"{what} > 0", steps)
    if any(value < 0 for value in known):
        yield Entry(Stroke(signed(-1.0, theme), middle, dashed=True), f"{what} < 0", steps)
    if scale.by != "plain":
        largest = names.in_words(scale.largest, digits_at(excerpt, options))
        yield Entry(None, f"thickness: |{what}| up to {largest}", steps)


def notations(
    excerpt: Excerpt, numbers: Numbers, options: Options, back: Steps | None = None
) -> Iterator[Entry]:
    """Yield what is meant by the numbers in neurons and on edges.

    ``back`` are the steps that show what the way back found.
    """
    if "legend" not in options.show:
        return
    network, run = excerpt.network, numbers.run
    is_perceptron = len(network.neurons) == 1
    has_biases = any(network.units[k].biases for k in excerpt.where)
    is_shown = not is_perceptron and draws_biases(excerpt)
    if has_biases and is_shown and options.show & {"name", "value"}:
        yield Entry(Stroke(options.theme.kinds["parameter"].stroke, 1.4), BIAS)
    if "value" not in options.show or run is None:
        return
    drawn = [k for k in network.neurons if k in excerpt.where]
    is_paired = {"net"} <= options.show and any(
        not network.units[k].activation.is_identity and numbers.net(k) is not None  # type: ignore[union-attr]
        for k in drawn
    )
    if is_paired and not is_perceptron:
        yield Entry(None, "in a neuron: weighted sum, and below it the activation")
    if "P" in options.show and any(numbers.delta(k) is not None for k in drawn):
        delta = Phrase("P", DELTA.latex, DELTA.plain)
        yield Entry(delta, f"∂{run.output}/∂(weighted sum)", back)
    digits = digits_at(excerpt, options)
    shown = (numbers.unit(k) for k in excerpt.where)
    if any(is_rounded(v, number(v, digits)) for v in shown if isinstance(v, float)):
        yield Entry(None, f"numbers to {counted(digits, 'digit')}")
    setting = excerpt.setting
    if setting.has_table and not is_perceptron:
        yield Entry(None, "numbers in rings: the weights of the table")
    elif options.edges == "both" and numbers.has_gradients and not is_perceptron:
        yield Entry(None, f"in brackets: ∂{run.output}/∂w")
    if options.rate is not None and setting.weights != "nowhere":
        rate = names.in_words(options.rate, options.digits)
        yield Entry(None, f"w → w − η ∂{run.output}/∂w, η = {rate}")
        if options.edges != "gradient" and (longest := longest_step(excerpt, numbers, options)):
            length = names.in_words(longest, digits)
            yield Entry(None, f"arrows up and down: −η ∂{run.output}/∂w, the longest {length}")


def remarks(excerpt: Excerpt, scale: Scale, options: Options, drawn: Options) -> Iterator[Entry]:
    """Yield what a reader should know of the picture; ``drawn`` are choices there was room for."""
    for said in _remarks(excerpt, scale, options, drawn):
        yield said if isinstance(said, Entry) else Entry(None, said)


def _remarks(
    excerpt: Excerpt, scale: Scale, options: Options, drawn: Options
) -> Iterator[str | Entry]:
    numbers = scale.numbers
    network = excerpt.network
    if any(shown.column is not None and None in shown.slots for shown in excerpt.columns):
        yield "of wide layers the first and the last are drawn"
    has_biases = any(network.units[k].biases for k in excerpt.where)
    is_perceptron = len(network.neurons) == 1
    if has_biases and not is_perceptron and not draws_biases(excerpt):
        yield NO_BIASES
    samples = numbers.samples
    if samples > 1 and "value" in options.show:
        which = f"number {numbers.sample + 1}" if numbers.sample else "the first"
        yield f"values of {which} of {samples} samples"
    if network.shared:
        shown = network.shared[:MOST_NAMES]
        dots = len(network.shared) > MOST_NAMES
        named = ", ".join([*map(latex.name, shown), *([r"\ldots"] if dots else [])])
        plain = ", ".join([*shown, *(["…"] if dots else [])])
        yield Entry(Phrase("formula", named, plain), "of several edges each")
    if options.edges == "gradient" and scale.by != "gradient":
        yield "the gradients are not known, or all 0"
    if options.edges == "both" and not numbers.has_gradients:
        yield "the gradients are not known"
    if (options.edges, options.rate) != (drawn.edges, drawn.rate):
        yield "there is no room for all that was asked for on the edges"
