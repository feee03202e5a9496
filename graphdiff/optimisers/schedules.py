"""Schedules of the learning rate: η at step t = 1, 2, …, as a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.values import value_of
from graphdiff.files.parser import parse
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import quantity
from graphdiff.language.expression import pi
from graphdiff.notation import latex, text

FORMULAS = {
    "step_decay": "eta*gamma**floor((t - 1)/k)",
    "exponential_decay": "eta*gamma**(t - 1)",
    "inverse_time_decay": "eta/(1 + gamma*(t - 1))",
    "cosine": "low + (eta - low)*(1 + cos(pi*min(t - 1, T)/T))/2",
    "cosine_restarts": "low + (eta - low)*(1 + cos(pi*t_r/T_r))/2",
    "warm_up": "eta*min(t, T)/T",
    "reduce_on_plateau": "max(low, eta*gamma**k)",
}
"""Each by its name; t − 1 is the number of steps made before."""


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes from step to step.

    Attributes
    ----------
    name
        Its name among :data:`FORMULAS`.
    start
        The rate η it is made of.
    numbers
        Its other numbers by letter; without T, where it needs one, it lasts as long as what it is
        used in.
    after
        A schedule that follows it, from step T on; for a warm-up.
    seen
        What the objective was before each step, or after each epoch, so far.
    """

    name: str
    start: Any
    numbers: Mapping[str, sp.Expr]
    after: Schedule | None = None
    seen: tuple[Any, ...] = ()

    @property
    def watches(self) -> bool:
        """Whether it depends on the objective."""
        return self.name == "reduce_on_plateau" or (self.after is not None and self.after.watches)

    def seeing(self, seen: Sequence[Any]) -> Schedule:
        """Return the schedule where the objective was so, which is to fall."""
        after = None if self.after is None else self.after.seeing(seen)
        return replace(self, seen=tuple(seen), after=after)

    def lasting(self, steps: int) -> Schedule:
        """Return the schedule over so many steps, if it says no number of its own."""
        if self.after is not None:
            warm = int(self.numbers["T"])
            return replace(self, after=self.after.lasting(max(1, steps - warm)))
        if self.name != "cosine" or "T" in self.numbers:
            return self
        return replace(self, numbers={"T": sp.Integer(max(1, steps)), **self.numbers})

    def rate(self, arithmetic: Arithmetic, eta: Array, t: int) -> Array:
        """Return the rate of step t in a kind of number.

        Raises
        ------
        GraphError
            If it is not known over how many steps it goes.
        """
        T = self.numbers.get("T")
        if self.after is not None and T is not None and t > T:
            return self.after.rate(arithmetic, eta, t - int(T))
        node = _formula(self.name)
        assert node.function is not None  # noqa: S101 - it is a formula
        values = {name: arithmetic.number(number) for name, number in self.numbers.items()}
        found = COUNTED[self.name](self, arithmetic, t) if self.name in COUNTED else {}
        values |= {name: arithmetic.number(number) for name, number in found.items()}
        values |= {"eta": eta, "t": arithmetic.number(t)}
        if self.name == "cosine" and T is None:
            raise GraphError("a cosine goes over a number of steps; give it, steps=100")
        with arithmetic.guard():
            return value_of(arithmetic, node.function, [values[j.name] for j in node.parents])

    def latex(self) -> str:
        r"""Return the formula in LaTeX: ``\eta_{t} = …``."""
        return latex_of(self.name)

    def __repr__(self) -> str:
        numbers = {"eta": quantity.exact(self.start), **self.numbers}
        shown = ", ".join(f"{name}={text.number(float(x))}" for name, x in numbers.items())
        return f"{self.name}({shown})" + (f", then {self.after}" if self.after else "")


_LETTERS = {"low": r"\eta_{\min}"}
_NAMES = ("eta", "t", "gamma", "k", "T", "low", "t_r", "T_r")


@lru_cache(maxsize=16)
def _formula(name: str) -> Node:
    graph = ComputationalGraph()
    known = {letter: graph.input(letter) for letter in _NAMES}
    known_as = {**known, "pi": pi}
    return graph.node("eta_t", parse(FORMULAS[name], known_as.__getitem__))


def latex_of(name: str) -> str:
    """Return the formula of a schedule in LaTeX."""
    node = _formula(name)
    assert node.function is not None  # noqa: S101 - it is a formula
    signs = [_LETTERS.get(j.name) or latex.name(j.name) for j in node.parents]
    right = latex.authored(node.function, signs).replace(r" \cdot ", " ")
    return rf"\eta_{{t}} = {right}"


def _since_restart(schedule: Schedule, _: Arithmetic, t: int) -> dict[str, int]:
    """Return how many steps were made since the last restart, and how many it is to the next."""
    made, length, factor = t - 1, int(schedule.numbers["T"]), int(schedule.numbers["m"])
    if factor == 1:
        made %= length
    while made >= length:
        made, length = made - length, length * factor
    return {"t_r": made, "T_r": length}


def _reductions(schedule: Schedule, arithmetic: Arithmetic, _: int) -> dict[str, int]:
    """Return how often the rate was reduced: each time it was no better for so long."""
    patience, cooldown = int(schedule.numbers["patience"]), int(schedule.numbers["cooldown"])
    delta = arithmetic.number(schedule.numbers["min_delta"])
    best, waited, resting, found = None, 0, 0, 0
    for value in schedule.seen:
        if best is None or value < best - delta:
            best, waited = value, 0
        elif resting:
            waited = 0
        else:
            waited += 1
        resting = max(0, resting - 1)
        if waited >= patience:
            found, waited, resting = found + 1, 0, cooldown
    return {"k": found}


COUNTED: Mapping[str, Callable[[Schedule, Arithmetic, int], dict[str, int]]] = {
    "cosine_restarts": _since_restart, "reduce_on_plateau": _reductions,
}  # fmt: skip
"""Numbers of a formula that are counted."""


def step_decay(learning_rate: Any, factor: Any = 0.5, every: int = 10) -> Schedule:
    """Return a rate that is multiplied by a factor after every so many steps.

    Parameters
    ----------
    learning_rate
        The first rate.
    factor
        γ of (0, 1].
    every
        Steps at one rate.
    """
    numbers = {"gamma": _factor(factor), "k": _whole(every, "every")}
    return Schedule("step_decay", learning_rate, numbers)


def exponential_decay(learning_rate: Any, factor: Any = 0.99) -> Schedule:
    """Return a rate that is multiplied by a factor γ of (0, 1] after each step."""
    return Schedule("exponential_decay", learning_rate, {"gamma": _factor(factor)})


def inverse_time_decay(learning_rate: Any, decay: Any = 0.01) -> Schedule:
    """Return the rate η/(1 + γ(t − 1)), of Robbins and Monro for γ = 1."""
    gamma = quantity.exact(decay, "the decay")
    if gamma < 0:
        raise GraphError(f"the decay is {decay}; give a number of [0, inf)")
    return Schedule("inverse_time_decay", learning_rate, {"gamma": gamma})


def cosine(learning_rate: Any, steps: int | None = None, lowest: Any = 0) -> Schedule:
    """Return a rate that falls to the lowest one along half a cosine, and stays there.

    Parameters
    ----------
    learning_rate
        The first rate.
    steps
        Steps until it is the lowest; left out, those of the whole training or trace.
    lowest
        The rate it falls to.

    References
    ----------
    Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2017, without
    restarts. PyTorch's CosineAnnealingLR rises again after its ``T_max`` steps.
    """
    over = {} if steps is None else {"T": _whole(steps, "steps")}
    return Schedule("cosine", learning_rate, {**over, "low": _lowest(lowest)})


def cosine_restarts(learning_rate: Any, steps: int, factor: int = 1, lowest: Any = 0) -> Schedule:
    """Return a rate that falls along half a cosine, and begins anew.

    Parameters
    ----------
    learning_rate
        The rate after each restart.
    steps
        T, steps until the first restart.
    factor
        By what each time is longer than the one before, a whole number.
    lowest
        The rate it falls to.

    References
    ----------
    Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2017, equation 5,
    as PyTorch's CosineAnnealingWarmRestarts. t_r of T_r steps are made since the last restart.
    """
    numbers = {"T": _whole(steps, "steps"), "m": _whole(factor, "factor"), "low": _lowest(lowest)}
    return Schedule("cosine_restarts", learning_rate, numbers)


def reduce_on_plateau(
    learning_rate: Any,
    factor: Any = 0.1,
    patience: int = 10,
    *,
    min_delta: Any = 1e-4,
    cooldown: int = 0,
    lowest: Any = 0,
) -> Schedule:
    """Return a rate that is reduced each time that the objective gets no better.

    In a training it is the validation that is watched, or the loss without such data, epoch by
    epoch; in a trace the objective, step by step.

    Parameters
    ----------
    learning_rate
        The first rate.
    factor
        γ of (0, 1], what the rate is multiplied by.
    patience
        So many values in a row that are no better reduce it.
    min_delta
        By how much the objective must fall to count as better; uphill, rise.
    cooldown
        Values after a reduction that are not counted.
    lowest
        A rate it does not fall below.

    References
    ----------
    As ReduceLROnPlateau of Keras; PyTorch's waits for one value more, and its threshold is a part
    of the best value. k is how often the rate was reduced.
    """
    delta = quantity.exact(min_delta, "min_delta")
    if delta < 0:
        raise GraphError(f"min_delta is {min_delta}; give a number of [0, inf)")
    numbers = {
        "gamma": _factor(factor), "patience": _whole(patience, "patience"), "min_delta": delta,
        "cooldown": _whole(cooldown, "cooldown", 0), "low": _lowest(lowest),
    }  # fmt: skip
    return Schedule("reduce_on_plateau", learning_rate, numbers)


def warm_up(learning_rate: Any, steps: int) -> Schedule:
    """Return a rate that grows in equal steps, and then stays, or follows another schedule.

    Parameters
    ----------
    learning_rate
        The rate reached, or a schedule to follow from then on.
    steps
        Steps until it is reached.
    """
    after = learning_rate if isinstance(learning_rate, Schedule) else None
    start = learning_rate if after is None else after.start
    return Schedule("warm_up", start, {"T": _whole(steps, "steps")}, after)


def _factor(factor: Any) -> sp.Expr:
    gamma = quantity.exact(factor, "the factor")
    if not 0 < gamma <= 1:
        raise GraphError(f"the factor is {factor}; give a number of (0, 1]")
    return gamma


def _lowest(rate: Any) -> sp.Expr:
    low = quantity.exact(rate, "the lowest rate")
    if low < 0:
        raise GraphError(f"the lowest rate is {rate}; give a number of [0, inf)")
    return low


def _whole(number: Any, name: str, least: int = 1) -> sp.Expr:
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise GraphError(f"{name} is {number!r:.40}; give a whole number, at least {least}")
    return sp.Integer(number)


SCHEDULES: Mapping[str, Callable[..., Schedule]] = MappingProxyType(
    {
        made.__name__: made
        for made in (
            step_decay, exponential_decay, inverse_time_decay, cosine, cosine_restarts, warm_up,
            reduce_on_plateau,
        )
    }
)  # fmt: skip
"""The schedules by their names."""
