"""What is written in and at a unit, and at a weight, typeset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphdiff.drawing.network import names
from graphdiff.drawing.network.elision import Excerpt, digits_at
from graphdiff.drawing.network.paints import scale_for, signed
from graphdiff.drawing.network.pens import (
    NAME,
    SMALL,
    Label,
    number_within,
    set_name,
    within,
)
from graphdiff.drawing.network.places import RADIUS
from graphdiff.drawing.network.wording import DELTA, at_weight
from graphdiff.drawing.options import Options
from graphdiff.drawing.typeset import Fragment
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Weight

MOST_BIASES = 24
INNER, HALF, OUTER = 2 * RADIUS - 9, 44.0, 52.0
"""The room inside a unit for one number, for each of two and for each of three."""
LEAST_DELTA = 0.92
"""How small a δ may become for its digits, as a part of its size."""
PAIRED = 12.5
"""The size of several numbers."""
WIDEST = 110.0
"""The widest label of a weight."""


@dataclass(frozen=True)
class Words:
    """What is written in and at a unit.

    Attributes
    ----------
    inside
        Its name, or its value; before that its weighted sum, where that is shown too.
    is_value
        Whether numbers stand inside.
    name, bias
        What stands beside it.
    delta
        Its δ, which stands inside, below the others.
    """

    inside: tuple[Fragment, ...]
    is_value: bool
    name: Fragment | None
    delta: Fragment | None
    bias: Label | None

    def in_size(self, sizes: Mapping[int, float]) -> Words:
        """Return them with the numbers in the size there is for so many."""
        if not self.is_value:
            return self
        size = sizes[len(self.inside)]
        return replace(self, inside=tuple(each.scaled(size / each.size) for each in self.inside))

    @property
    def rows(self) -> tuple[Fragment, ...]:
        """All that stands inside, from top to bottom."""
        return self.inside if self.delta is None else (*self.inside, self.delta)


def words_of(excerpt: Excerpt, k: int, numbers: Numbers, options: Options) -> Words:
    """Typeset what is written in and at a unit."""
    unit = excerpt.network.units[k]
    value = numbers.unit(k) if "value" in options.show else None
    delta = numbers.delta(k) if options.show >= {"value", "P"} else None
    name = names.unit(unit)
    digits = digits_at(excerpt, options)
    inside: tuple[Fragment, ...] = (within(name, INNER),)
    if value is not None:
        net = None if unit.is_input or "net" not in options.show else numbers.net(k)
        if net is None or unit.activation is None or unit.activation.is_identity:
            inside = (number_within(value, digits, INNER),)
        else:
            room = HALF if delta is None else OUTER
            inside = tuple(number_within(v, digits, room, PAIRED) for v in (net, value))
    outside = None
    if value is not None and "name" in options.show:
        outside = within(name, 70.0, NAME)
    slope = None
    if delta is not None:
        slope = with_delta(delta, digits)
    return Words(inside, value is not None, outside, slope, _bias(excerpt, k, numbers, options))


def all_words(excerpt: Excerpt, numbers: Numbers, options: Options) -> dict[int, Words]:
    """Typeset what is written in and at all units, numbers of one kind in one size."""
    found = {unit: words_of(excerpt, unit, numbers, options) for unit in excerpt.where}
    sizes: dict[int, float] = {}  # of one number alone, of several
    for words in found.values():
        if words.is_value:
            least = min(each.size for each in words.inside)
            sizes[len(words.inside)] = min(sizes.get(len(words.inside), least), least)
    return {unit: words.in_size(sizes) for unit, words in found.items()}


def with_delta(delta: Any, digits: int) -> Fragment:
    """Typeset δ with its number, with fewer digits if need be."""
    said = names.joined(DELTA, r"\;", names.number(delta, digits), " ")
    for fewer in range(digits - 1, 0, -1):
        if set_name(said, PAIRED).width * LEAST_DELTA <= OUTER:
            break
        said = names.joined(DELTA, r"\;", names.number(delta, fewer), " ")
    return within(said, OUTER, PAIRED)


def _bias(excerpt: Excerpt, k: int, numbers: Numbers, options: Options) -> Label | None:
    """Typeset a neuron's bias: its numbers or its name; of several biases of their sum."""
    unit = excerpt.network.units[k]
    if not draws_biases(excerpt) or not unit.added or not options.show & {"name", "value"}:
        return None
    colour = options.theme.kinds["parameter"].stroke
    return label(excerpt, unit.added, numbers, options, colour)


def draws_biases(excerpt: Excerpt) -> bool:
    """Whether there is room for biases."""
    neurons = [k for k in excerpt.where if not excerpt.network.units[k].is_input]
    return len(neurons) <= MOST_BIASES and excerpt.is_whole


def label(
    excerpt: Excerpt,
    weights: Sequence[Weight],
    numbers: Numbers,
    options: Options,
    colour: str | None = None,
) -> Label | None:
    """Typeset what is written at a weight; without a colour in that of its sign."""
    theme, digits = options.theme, digits_at(excerpt, options)
    said = [within(line, WIDEST, SMALL) for line in at_weight(weights, numbers, options, digits)]
    if not said:
        return None
    value = scale_for([weights], numbers, options.edges).number(*weights)
    first = colour or (signed(float(value), theme) if value else theme.ink)
    return Label(tuple((line, theme.ink if k else first) for k, line in enumerate(said)))
