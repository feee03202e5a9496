"""The methods as functions of their settings: ``adam(0.1, beta_1=0.8)``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from graphdiff.optimisers import first_order, second_order
from graphdiff.optimisers.method import Method, method
from graphdiff.optimisers.named import meant_by, unknown_name
from graphdiff.optimisers.rule import Rule

_SHARED = {"ascent": (False, "Whether to go uphill: g ← −g, and all that is asked for is of −f.")}
_OF_EACH = {
    "weight_decay": (None, "λ of L2 regularisation in the gradient: g ← g + λθ."),
    "max_norm": (None, "A bound c on the norm of each parameter: θ ← θ·c / max(c, ‖θ‖)."),
    "clip_norm": (None, "A bound c on the norm of the whole gradient: g ← g·c / max(c, ‖g‖)."),
}
_OF_ALL = {"max_total_norm": (None, "A bound c on the norm of all parameters as one vector.")}


def constructor(rule: Rule, name: str) -> Callable[..., Method]:
    """Return a function of the settings of a rule that returns the method.

    Its first argument is the learning rate; all others are by keyword.
    """

    def construct(*rate: Any, **settings: Any) -> Method:
        return method(rule, *rate, **settings)

    rate, *others = rule.settings
    own = {setting.name for setting in rule.settings}
    more = {**_SHARED, **({} if rule.is_of_all else _OF_EACH), **_OF_ALL}
    shared = {key: what for key, what in more.items() if key not in own}
    kinds = inspect.Parameter
    construct.__name__ = construct.__qualname__ = name
    construct.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            kinds(rate.name, kinds.POSITIONAL_OR_KEYWORD, default=float(rate.default)),
            *(kinds(s.name, kinds.KEYWORD_ONLY, default=float(s.default)) for s in others),
            *(kinds(key, kinds.KEYWORD_ONLY, default=first) for key, (first, _) in shared.items()),
        ],
        return_annotation="Method",
    )
    construct.__doc__ = _described(rule, [(s.name, f"{s.letter}, of {s.within}.") for s in others],
                                   [(key, says) for key, (_, says) in shared.items()])  # fmt: skip
    return construct


def _described(rule: Rule, settings: list[tuple[str, str]], shared: list[tuple[str, str]]) -> str:
    lines = "\n".join(f"    {line}" for line in rule.text().splitlines())
    rows = [("learning_rate", "eta, or a schedule of it."), *settings, *shared]
    parameters = "\n".join(f"{name}\n    {says}" for name, says in rows)
    notes = f"\nNotes\n-----\n{rule.notes}\n" if rule.notes else ""
    return (
        f"{rule.title}.\n\n::\n\n{lines}\n\nParameters\n----------\n{parameters}\n\n"
        f"References\n----------\n{rule.reference}.\n{notes}"
    )


gradient_descent = constructor(first_order.DESCENT, "gradient_descent")
nesterov = constructor(first_order.NESTEROV, "nesterov")
nesterov_ahead = constructor(first_order.NESTEROV_AHEAD, "nesterov_ahead")
momentum = constructor(first_order.MOMENTUM, "momentum")
momentum_of_steps = constructor(first_order.MOMENTUM_OF_STEPS, "momentum_of_steps")
momentum_of_means = constructor(first_order.MOMENTUM_OF_MEANS, "momentum_of_means")
adagrad = constructor(first_order.ADAGRAD, "adagrad")
adadelta = constructor(first_order.ADADELTA, "adadelta")
rmsprop = constructor(first_order.RMSPROP, "rmsprop")
adam = constructor(first_order.ADAM, "adam")
adamax = constructor(first_order.ADAMAX, "adamax")
nadam = constructor(first_order.NADAM, "nadam")
nadam_scheduled = constructor(first_order.NADAM_SCHEDULED, "nadam_scheduled")
adamw = constructor(first_order.ADAMW, "adamw")
amsgrad = constructor(first_order.AMSGRAD, "amsgrad")
steepest_descent = constructor(second_order.STEEPEST, "steepest_descent")
newton = constructor(second_order.NEWTON, "newton")
hessian_free = constructor(second_order.HESSIAN_FREE, "hessian_free")
fletcher_reeves = constructor(second_order.FLETCHER_REEVES, "fletcher_reeves")
polak_ribiere = constructor(second_order.POLAK_RIBIERE, "polak_ribiere")
bfgs = constructor(second_order.BFGS, "bfgs")
lbfgs = constructor(second_order.LBFGS, "lbfgs")
gauss_newton = constructor(second_order.GAUSS_NEWTON, "gauss_newton")
levenberg_marquardt = constructor(second_order.LEVENBERG_MARQUARDT, "levenberg_marquardt")

METHODS: Mapping[str, Callable[..., Method]] = MappingProxyType(
    {
        made.__name__: made
        for made in (
            gradient_descent, momentum, momentum_of_steps, momentum_of_means, nesterov,
            nesterov_ahead, adagrad, adadelta, rmsprop, adam, adamax, nadam, nadam_scheduled, adamw,
            amsgrad, steepest_descent, newton, hessian_free, fletcher_reeves, polak_ribiere, bfgs,
            lbfgs, gauss_newton, levenberg_marquardt,
        )
    }
)  # fmt: skip
"""The methods by their names."""


def called(name: str) -> Callable[..., Method]:
    """Return the function of a method by its name, or one of those that people have for it.

    Raises
    ------
    UnknownNameError
        If there is none.

    Examples
    --------
    >>> called("gradient descent")(0.5), called("SGD")(0.5)
    (gradient_descent(learning_rate=0.5), gradient_descent(learning_rate=0.5))
    """
    if meant_by(name) not in METHODS:
        raise unknown_name("method", name, METHODS)
    return METHODS[meant_by(name)]
