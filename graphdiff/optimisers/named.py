"""Methods, schedules and line searches by name, as files, commands and functions have them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import sympy as sp

from graphdiff.errors import GraphdiffError, GraphError, unknown
from graphdiff.optimisers import first_order, second_order
from graphdiff.optimisers.line_search import SEARCHES, LineSearch
from graphdiff.optimisers.method import Method, method
from graphdiff.optimisers.rule import RATE, Rule
from graphdiff.optimisers.schedules import SCHEDULES, Schedule

RULES: Mapping[str, Rule] = {
    name.replace(" ", "_"): rule
    for name, rule in {**first_order.RULES, **second_order.RULES}.items()
}
"""The rules by the names that they have everywhere."""

ALIASES = {
    "gd": "gradient_descent", "sgd": "gradient_descent", "descent": "gradient_descent",
    "stochastic_gradient_descent": "gradient_descent", "batch_gradient_descent": "gradient_descent",
    "heavy_ball": "momentum", "polyak": "momentum", "sgd_momentum": "momentum",
    "nag": "nesterov", "nesterov_momentum": "nesterov", "nesterov_looking_ahead": "nesterov_ahead",
    "rms_prop": "rmsprop", "ada_grad": "adagrad", "ada_delta": "adadelta", "ada_max": "adamax",
    "adam_w": "adamw", "ams_grad": "amsgrad", "nadam_with_a_schedule": "nadam_scheduled",
    "newtons_method": "newton", "newton_raphson": "newton", "newton_cg": "hessian_free",
    "cg": "polak_ribiere", "conjugate_gradient": "polak_ribiere",
    "conjugate_gradients": "polak_ribiere", "polak_ribière": "polak_ribiere",
    "l_bfgs": "lbfgs", "gn": "gauss_newton", "lm": "levenberg_marquardt",
    "armijo": "backtracking", "strong_wolfe": "wolfe", "exact": "exact_step",
    "exact_line_search": "exact_step",
    "step": "step_decay", "exponential": "exponential_decay", "inverse_time": "inverse_time_decay",
    "cosine_annealing": "cosine", "sgdr": "cosine_restarts",
    "cosine_with_restarts": "cosine_restarts", "warmup": "warm_up",
    "plateau": "reduce_on_plateau", "reduce_lr_on_plateau": "reduce_on_plateau",
}  # fmt: skip
"""Other names that people have for one of these."""


def meant_by(name: str) -> str:
    """Return a name as it is here: in small letters, with underscores, and of several the usual.

    Examples
    --------
    >>> meant_by("SGD"), meant_by("Gauss–Newton"), meant_by("L-BFGS")
    ('gradient_descent', 'gauss_newton', 'lbfgs')
    """
    plain = name.lower().replace("-", " ").replace("–", " ").replace("_", " ").replace("'", "")
    said = "_".join(plain.replace("’", "").split())
    return ALIASES.get(said, said)


def unknown_name(kind: str, name: str, known: Iterable[str]) -> GraphdiffError:
    """Return the error for an unknown name; it says the nearest, perhaps one that people have."""
    known = list(known)
    others = [alias for alias, meant in ALIASES.items() if meant in known]
    near = get_close_matches(meant_by(name), [*others, *known], 1, 0.7)
    return unknown(kind, name, near or known)


def rule_named(name: object) -> Rule:
    """Return a rule by its name; capitals, hyphens, spaces and underscores do not matter.

    Raises
    ------
    GraphError
        Naming the nearest, if there is none of this name.
    """
    if not isinstance(name, str):
        raise GraphError(f"the method is {name!r:.60}; give its name, such as 'adam'")
    if meant_by(name) not in RULES:
        raise unknown_name("method", name, RULES)
    return RULES[meant_by(name)]


def as_method(given: object) -> Method:
    """Return a method, or the one of a name with its defaults.

    Raises
    ------
    GraphError
        For what is neither, naming the nearest for an unknown name.

    Examples
    --------
    >>> as_method("sgd")
    gradient_descent(learning_rate=0.1)
    """
    if isinstance(given, Method):
        return given
    if isinstance(given, str):
        return named({"method": given})
    raise GraphError(
        f"the method is {given!r:.40}; give one such as gd.learning.adam(0.01), or its name, 'adam'"
    )


def named(entries: Mapping[str, Any]) -> Method:
    """Return the method that the entries of a file's [descent] say.

    Parameters
    ----------
    entries
        ``method``, gradient descent if left out, ``schedule`` or ``line_search``, as text, and the
        settings by name.

    Raises
    ------
    GraphError
        For an unknown name or setting, and a number out of its range.

    Examples
    --------
    >>> named({"method": "Adam", "learning_rate": 0.1})
    adam(learning_rate=0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-08)
    >>> named({"learning_rate": 0.1, "schedule": "cosine(steps=10)"})
    gradient_descent(learning_rate=cosine(eta=0.1, T=10, low=0))
    """
    settings = dict(entries)
    rule = rule_named(settings.pop("method", first_order.DESCENT.name))
    schedule, search = settings.pop("schedule", None), settings.pop("line_search", None)
    if schedule is not None and search is not None:
        raise GraphError("a schedule chooses the length of a step, or a line search; give one")
    if schedule is not None:
        rate = settings.get("learning_rate")
        start = sp.Rational(rule.setting(RATE).default) if rate is None else rate
        settings["learning_rate"] = schedule_named(schedule, start)
    if search is not None:
        if settings.get("learning_rate") is not None:
            raise GraphError("a line search chooses the length of each step; leave the rate out")
        settings["learning_rate"] = search_named(search)
    return method(rule, **settings)


def claimed(entries: Mapping[str, Any]) -> Method:
    """Return the method that steps are claimed of, whose rate is said where there is no usual one.

    Raises
    ------
    GraphError
        As :func:`named`, and where a learning rate is missing.
    """
    found = named(entries)
    is_said = "learning_rate" in entries or found.search is not None
    if not is_said and found.rule.setting(RATE).default != "1":
        raise GraphError("there is no learning rate; write learning_rate = 0.1")
    return found


def schedule_named(given: object, learning_rate: Any) -> Schedule:
    """Return a schedule by its name with its settings, ``"cosine(steps=10)"``, of a first rate.

    Raises
    ------
    GraphError
        For what cannot be read, an unknown name or setting.

    Examples
    --------
    >>> schedule_named("warm-up(steps=5, then=exponential(factor=0.9))", 0.1)
    warm_up(eta=0.1, T=5), then exponential_decay(eta=0.1, gamma=0.9)
    """
    name, settings = _call("schedule", given, SCHEDULES)
    if name == "warm_up" and "then" in settings:
        learning_rate = schedule_named(settings.pop("then"), learning_rate)
    return _made("schedule", name, SCHEDULES, {"learning_rate": learning_rate}, settings)


def search_named(given: object) -> LineSearch:
    """Return a line search by its name, perhaps with settings: ``"backtracking(factor=0.8)"``.

    Raises
    ------
    GraphError
        For what cannot be read, an unknown name or setting.
    """
    name, settings = _call("line search", given, SEARCHES)
    return _made("line search", name, SEARCHES, {}, settings)


MOST = 200
"""Characters of a name with its settings."""


def _call(kind: str, given: object, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a name and its settings: numbers, and names with settings as text."""
    example = next(name for name in ("cosine(steps=100)", "backtracking(factor=0.5)")
                   if name.partition("(")[0] in known)  # fmt: skip
    problem = GraphError(f"the {kind} is {given!r:.60}; write its name and settings, {example!r}")
    if not isinstance(given, str) or len(given) > MOST:
        raise problem
    head, opened, rest = given.strip().partition("(")
    name = meant_by(head)
    if name not in known:
        raise unknown_name(kind, head.strip(), known)
    try:
        call = ast.parse(f"_{opened}{rest}", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise problem from None
    if isinstance(call, ast.Name) and not rest:
        return name, {}
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
        raise problem
    settings: dict[str, Any] = {}
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg is None or keyword.arg in settings:
            raise problem
        text = ast.unparse(value)
        is_number = isinstance(value, ast.Constant) and type(value.value) in (int, float)
        settings[keyword.arg] = value.value if is_number else text  # type: ignore[attr-defined]
    return name, settings


def _made(
    kind: str, name: str, known: Mapping[str, Callable[..., Any]], first: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> Any:  # fmt: skip
    """Return what a function of a name makes of settings."""
    parameters = inspect.signature(known[name]).parameters
    for setting in settings:
        if setting not in parameters or setting in first:
            own = [own for own in parameters if own not in first]
            raise GraphError(f"{name}: {unknown('setting', setting, own)}")
    missing = [
        own for own, parameter in parameters.items()
        if parameter.default is parameter.empty and own not in {**first, **settings}
    ]  # fmt: skip
    if missing:
        raise GraphError(f"the {kind} {name} has no {missing[0]}; write {name}({missing[0]}=…)")
    return known[name](**first, **settings)
