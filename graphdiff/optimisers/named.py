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
    said = " ".join(name.lower().replace("-", " ").replace("_", " ").split())
    said = ALIASES.get(said, said)
    if said not in RULES:
        raise unknown("method", name, list(RULES))
    return RULES[said]


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
