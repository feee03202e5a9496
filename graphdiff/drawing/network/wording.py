"""What is written at a weight: its number, what a step makes of it, ∂E/∂w; else its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphdiff.drawing.network import names
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.options import Options
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Weight

DELTA = Name(r"\delta", "δ")


@dataclass(frozen=True)
class WeightNumbers:
    """The numbers of a weight, or of biases that enter as one; None for what is not known.

    Attributes
    ----------
    value, stepped
        w, and w − η ∂E/∂w where a learning rate is given.
    gradient
        ∂E/∂w, of one parameter alone.
    """

    value: Any
    stepped: Any
    gradient: Any


def numbers_of(weights: Sequence[Weight], numbers: Numbers, rate: float | None) -> WeightNumbers:
    """Return the numbers of a weight, of several biases those of their sum."""
    values = [numbers.weight(weight) for weight in weights]
    is_fixed = all(weight.is_fixed for weight in weights)
    stepped = []
    if rate is not None and not is_fixed:
        stepped = [
            value if weight.is_fixed else numbers.stepped(weight, rate)
            for weight, value in zip(weights, values, strict=True)
        ]
    gradient = numbers.gradient(weights[0]) if len(weights) == 1 else None
    return WeightNumbers(_sum(values), _sum(stepped), gradient)


def _sum(values: Sequence[Any]) -> Any:
    return sum(values) if values and all(value is not None for value in values) else None


def at_weight(
    weights: Sequence[Weight], numbers: Numbers, options: Options, digits: int
) -> Iterator[Name]:
    """Yield the lines at a weight as a network has them: numbers, or without them the name."""
    if "value" in options.show:
        found = numbers_of(weights, numbers, options.rate)
        by_gradient = options.edges == "gradient" and numbers.has_gradients
        if by_gradient:
            if found.gradient is not None:
                yield names.number(found.gradient, digits)
            return
        if found.value is not None:
            yield _valued(found, digits)
            if options.edges == "both" and found.gradient is not None:
                yield names.bracketed(names.number(found.gradient, digits))
            return
    if "name" in options.show or all(weight.is_fixed for weight in weights):
        yield called(weights, digits)


def equations(weight: Weight, numbers: Numbers, options: Options, digits: int) -> Iterator[Name]:
    """Yield the lines at a weight where there is room for its name too: w = 0.5, ∂E/∂w = 2."""
    name, show = names.weight(weight, digits), options.show
    found = numbers_of([weight], numbers, options.rate)
    by_gradient = options.edges == "gradient" and numbers.has_gradients
    if not by_gradient:
        if weight.is_fixed or found.value is None or "value" not in show:
            if weight.is_fixed or "name" in show:
                yield name
        elif "name" not in show:
            yield _valued(found, digits)
        elif found.stepped is None:
            yield names.equal(name, found.value, digits)
        else:
            yield names.joined(name, "=", _valued(found, digits))
    if options.edges in ("gradient", "both") and found.gradient is not None and "value" in show:
        if "name" in show:
            yield names.equal(derivative(numbers, weight), found.gradient, digits)
        else:
            yield names.bracketed(names.number(found.gradient, digits))


def called(weights: Sequence[Weight], digits: int) -> Name:
    """Return the name of a weight, of several biases their sum."""
    found = [names.weight(weight, digits) for weight in weights]
    return Name("+".join(n.latex for n in found), "+".join(n.plain for n in found))


def derivative(numbers: Numbers, weight: Weight) -> Name:
    """Return ∂E/∂w, w being the parameter without its factor."""
    end = numbers.run.output if numbers.run is not None else None
    of, by = names.indexed(end or "", ()), names.indexed(weight.parameter or "", weight.entry)
    return Name(rf"\partial {of.latex}/\partial {by.latex}", f"∂{of.plain}/∂{by.plain}")


def _valued(found: WeightNumbers, digits: int) -> Name:
    if found.stepped is None:
        return names.number(found.value, digits)
    return names.changed(found.value, found.stepped, digits)
