"""What is written in and at a unit, and at a weight, typeset."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphdiff.drawing import typeset
from graphdiff.drawing.network import names
from graphdiff.drawing.network.elision import Excerpt, digits_at
from graphdiff.drawing.network.paints import scale_for, signed
from graphdiff.drawing.network.pens import (
    NAME,
    SMALL,
    Label,
    Mark,
    number_within,
    set_name,
    within,
)
from graphdiff.drawing.network.places import RADIUS
from graphdiff.drawing.network.wording import DELTA, at_weight, numbers_of
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
    digits, least = digits_at(excerpt, options), excerpt.setting.least
    inside: tuple[Fragment, ...] = (within(name, INNER, least=least),)
    if value is not None:
        net = None if unit.is_input or "net" not in options.show else numbers.net(k)
        if net is None or unit.activation is None or unit.activation.is_identity:
            inside = (number_within(value, digits, INNER),)
        else:
            room = HALF if delta is None else OUTER
            inside = tuple(number_within(v, digits, room, max(PAIRED, least)) for v in (net, value))
    outside = None
    if value is not None and "name" in options.show:
        outside = within(name, 70.0, NAME, least)
    slope = None
    if delta is not None:
        slope = with_delta(delta, digits, least)
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


def with_delta(delta: Any, digits: int, least: float = 0.0) -> Fragment:
    """Typeset δ with its number, with fewer digits if need be."""
    size = max(PAIRED, least)
    share = max(LEAST_DELTA, least / size)
    said = names.joined(DELTA, r"\;", names.number(delta, digits), " ")
    for fewer in range(digits - 1, 0, -1):
        if set_name(said, size).width * share <= OUTER:
            break
        said = names.joined(DELTA, r"\;", names.number(delta, fewer), " ")
    return within(said, OUTER, size)


def _bias(excerpt: Excerpt, k: int, numbers: Numbers, options: Options) -> Label | None:
    """Typeset a neuron's bias: its numbers or its name; of several biases of their sum."""
    unit = excerpt.network.units[k]
    if not draws_biases(excerpt) or not unit.added or not options.show & {"name", "value"}:
        return None
    colour = options.theme.kinds["parameter"].stroke
    if excerpt.setting.has_table:
        before = [j for j in excerpt.where if j != k and excerpt.network.units[j].added]
        number = 1 + len(excerpt.links) + sum(excerpt.where[j] < excerpt.where[k] for j in before)
        return mark(number, excerpt, unit.added, numbers, options)
    return label(excerpt, unit.added, numbers, options, colour)


def draws_biases(excerpt: Excerpt) -> bool:
    """Whether there is room for biases."""
    neurons = [k for k in excerpt.where if not excerpt.network.units[k].is_input]
    is_shown = excerpt.setting.weights != "nowhere"
    return len(neurons) <= MOST_BIASES and excerpt.is_whole and is_shown


def label(
    excerpt: Excerpt,
    weights: Sequence[Weight],
    numbers: Numbers,
    options: Options,
    colour: str | None = None,
) -> Label | None:
    """Typeset what is written at a weight; without a colour in that of its sign."""
    theme, digits = options.theme, digits_at(excerpt, options)
    least = excerpt.setting.least
    lines = at_weight(weights, numbers, options, digits)
    said = [within(line, WIDEST, SMALL, least) for line in lines]
    if not said:
        return None
    value = scale_for([weights], numbers, options.edges).number(*weights)
    first = colour or (signed(float(value), theme) if value else theme.ink)
    written = tuple((line, theme.ink if k else first) for k, line in enumerate(said))
    return with_step(Label(written), excerpt, weights, numbers, options)


def mark(
    number: int, excerpt: Excerpt, weights: Sequence[Weight], numbers: Numbers, options: Options
) -> Mark:
    """Return the number of a weight in the table, in the colour of its edge."""
    size = max(SMALL, excerpt.setting.least)
    value = scale_for([weights], numbers, options.edges).number(*weights)
    colour = signed(float(value), options.theme) if value else options.theme.ink
    return Mark(((typeset.words(str(number), size), colour),))


def with_step(
    label: Label,
    excerpt: Excerpt,
    weights: Sequence[Weight],
    numbers: Numbers,
    options: Options,
) -> Label:
    """Return what is written at a weight with −η ∂E/∂w as an arrow beside it, if there is one."""
    is_stepped = options.rate is not None and "value" in options.show
    if not is_stepped or options.edges == "gradient":
        return label
    change = change_of(weights, numbers, options.rate)
    if change is None:
        return label
    largest = longest_step(excerpt, numbers, options)
    share = change / largest if largest else 0.0
    up, down = signed(1.0, options.theme), signed(-1.0, options.theme)
    return replace(label, step=share, up=up, down=down)


def longest_step(excerpt: Excerpt, numbers: Numbers, options: Options) -> float:
    """Return the largest |η ∂E/∂w| of all weights and biases that are drawn."""
    changes = (change_of(some, numbers, options.rate) for some in painted(excerpt))
    return max((abs(change) for change in changes if change is not None), default=0.0)


def painted(excerpt: Excerpt) -> Iterable[tuple[Weight, ...]]:
    """Yield the weights that are drawn, and of each neuron the biases, if they are drawn."""
    yield from ((link.weight,) for link in excerpt.links)
    if draws_biases(excerpt):
        biases = (excerpt.network.units[k].added for k in excerpt.where)
        yield from (added for added in biases if added)


def change_of(weights: Sequence[Weight], numbers: Numbers, rate: float | None) -> float | None:
    """Return what a step adds to a weight; None where that is not known, or no finite number."""
    found = numbers_of(weights, numbers, rate)
    if found.value is None or found.stepped is None:
        return None
    change = float(found.stepped - found.value)
    return change if math.isfinite(change) else None
