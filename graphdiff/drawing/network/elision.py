"""Which units and columns of a network are drawn: of a wide column the first few and the last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from graphdiff.drawing.network.setting import USUAL, Setting
from graphdiff.drawing.options import Options
from graphdiff.recognition.network_records import Column, Network, Weight

DIGITS, DIGITS_ALONE = 3, 4
"""The most digits on an edge of a network, and of a single neuron."""


@dataclass(frozen=True)
class Shown:
    """A column as it is drawn.

    Attributes
    ----------
    column
        The column; None for the dots in place of several.
    number
        Its number in the network, from 0 for the inputs.
    slots
        The units drawn, None for the dots in place of the others.
    left_out
        How many columns the dots stand for.
    """

    column: Column | None
    number: int
    slots: tuple[int | None, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Connection:
    """An edge that is drawn."""

    source: int
    target: int
    weight: Weight


@dataclass(frozen=True)
class Excerpt:
    """What is drawn of a network, and how closely."""

    network: Network
    columns: tuple[Shown, ...]
    setting: Setting = USUAL

    @cached_property
    def where(self) -> dict[int, tuple[int, int]]:
        """The column and the slot of each unit that is drawn."""
        return {
            unit: (c, s)
            for c, shown in enumerate(self.columns)
            for s, unit in enumerate(shown.slots)
            if unit is not None
        }

    @cached_property
    def links(self) -> tuple[Connection, ...]:
        """The edges between units that are drawn, none across columns left out."""
        return tuple(self._links())

    def _links(self) -> Iterator[Connection]:
        gaps = [c for c, shown in enumerate(self.columns) if shown.column is None]
        for target, (c, _) in self.where.items():
            for source, weight in self.network.units[target].weights(self.where):
                before = self.where[source][0]
                if not any(before < gap < c for gap in gaps):
                    yield Connection(source, target, weight)

    @property
    def is_whole(self) -> bool:
        """Whether every unit is drawn."""
        return len(self.where) == len(self.network.units)


def digits_at(of: Excerpt, options: Options) -> int:
    """Return how many digits the numbers on edges and in units have."""
    return min(options.digits, DIGITS_ALONE if len(of.network.neurons) == 1 else DIGITS)


def excerpt(network: Network, setting: Setting = USUAL) -> Excerpt:
    """Return what is drawn of a network: of many columns, and of wide ones, the first and last."""
    most, first, last = setting.columns
    columns = [Shown(one, k, _slots(one, setting)) for k, one in enumerate(network.columns)]
    if len(columns) > most:
        dots = Shown(None, first, (None,), len(columns) - first - last)
        columns = [*columns[:first], dots, *columns[-last:]]
    return Excerpt(network, tuple(columns), setting)


def _slots(column: Column, setting: Setting) -> tuple[int | None, ...]:
    most, first, last = setting.units
    units = column.units
    return units if len(units) <= most else (*units[:first], None, *units[-last:])


def heading(excerpt_of: Excerpt, shown: Shown) -> tuple[str, ...]:
    """Return what is written at a column: what it is, its size, its activations."""
    column = shown.column
    if column is None:
        return (f"{shown.left_out} more layers",)
    hidden = sum(c.kind == "hidden" for c in excerpt_of.network.columns)
    kind = f"hidden {shown.number}" if column.kind == "hidden" and hidden > 1 else column.kind
    what = "input" if column.kind == "input" else "neuron"
    size = f"{len(column)} {what}{'' if len(column) == 1 else 's'}"
    names = [activation.described for activation in column.activations]
    loss = excerpt_of.network.loss
    if column.kind == "output" and names == ["identity"] and loss and loss.activation:
        names = [f"{loss.activation} in the loss"]
    return (kind, size, *names[:2], *([f"and {len(names) - 2} more"] if len(names) > 2 else []))
