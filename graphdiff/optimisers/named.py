"""Methods by the names and settings that files give: method = "adam", learning_rate = 0.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphdiff.errors import GraphError, unknown
from graphdiff.optimisers import first_order, second_order
from graphdiff.optimisers.method import Method, method
from graphdiff.optimisers.rule import Rule

RULES: Mapping[str, Rule] = {**first_order.RULES, **second_order.RULES}
ALIASES = {
    "gd": "gradient descent", "sgd": "gradient descent", "descent": "gradient descent",
    "stochastic gradient descent": "gradient descent", "heavy ball": "momentum",
    "rms prop": "rmsprop", "ada grad": "adagrad", "ada delta": "adadelta", "nag": "nesterov",
}  # fmt: skip


def rule_named(name: object) -> Rule:
    """Return a rule by its name; capitals, hyphens and underscores do not matter.

    Raises
    ------
    GraphError
        Naming the nearest, if there is none of this name.
    """
    if not isinstance(name, str):
        raise GraphError(f"the method is {name!r:.60}; give its name, such as 'adam'")
    if meant_by(name) not in RULES:
        raise unknown("method", name, list(RULES))
    return RULES[meant_by(name)]


def meant_by(name: str) -> str:
    """Return a name as rules have it: in small letters, with spaces, and of several the usual."""
    said = " ".join(name.lower().replace("-", " ").replace("_", " ").split())
    return ALIASES.get(said, said)


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
        ``method``, gradient descent if left out, and its settings by name.

    Raises
    ------
    GraphError
        For an unknown method or setting, and a number out of its range.

    Examples
    --------
    >>> named({"method": "Adam", "learning_rate": 0.1})
    adam(learning_rate=0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-08)
    """
    settings = {name: value for name, value in entries.items() if name != "method"}
    return method(rule_named(entries.get("method", first_order.DESCENT.name)), **settings)
