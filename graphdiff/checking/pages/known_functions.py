"""What functions are called on pages, and what they make of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphdiff.errors import UnknownNameError
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Tree
from graphdiff.language import functions, tensors
from graphdiff.language.expression import Expression, apply
from graphdiff.language.functions import Function
from graphdiff.language.functions.scalar_derivative import prime

Applied = Callable[..., Expression]

WORDS = {
    "ln": "log", "sig": "sigmoid", "sigm": "sigmoid", "logsig": "sigmoid", "sgm": "sigmoid",
    "rectifier": "relu", "lrelu": "leaky_relu", "leakyrelu": "leaky_relu", "th": "tanh",
    "sgn": "sign", "heaviside": "step", "maximum": "max", "minimum": "min", "absolute": "abs",
    "power": "pow", "square": "square", "arctan": "atan", "arcsin": "asin", "arccos": "acos",
    "tg": "tan", "sen": "sin", "multiply": "multiply", "add": "add", "subtract": "subtract",
    "divide": "divide", "average": "mean", "avg": "mean", "tr": "trace", "softplus": "softplus",
    "inverse": "inv", "concat": "concatenate", "sqr": "square",
}  # fmt: skip
"""Other words for functions, in small letters."""

COPIES = (
    "array",
    "asarray",
    "tensor",
    "matrix",
    "copy",
    "item",
    "astype",
    "float",
    "float32",
    "float64",
)
"""What makes an array or a number of a program, and changes none of its entries."""

LAYOUTS = frozenset({*COPIES, "reshape", "ravel", "flatten", "squeeze"})
"""What leaves the entries of an array as they are."""

ARITHMETIC: dict[str, Applied] = {
    "multiply": lambda a, b: a * b, "add": lambda a, b: a + b, "subtract": lambda a, b: a - b,
    "divide": lambda a, b: a / b,
    "dot": lambda a, b: a @ b if a.shape and b.shape else a * b,
    "square": lambda a: a**2, "pow": lambda a, b: a**b,
    "reshape": lambda a, *sizes: a.reshape(*(int(str(size)) for size in sizes)),
    **dict.fromkeys(COPIES, lambda a, **_: a),
}  # fmt: skip
"""Operators that are written as functions."""

exp, sqrt, where = (functions.named(name) for name in ("exp", "sqrt", "where"))
absolute = functions.named("abs")

GENERIC = frozenset({"f", "g", "phi", "varphi", "h", "act", "activation", "F", "psi", "a"})
"""What activations are called that a page does not name."""


def function(word: str) -> Applied | None:
    """Return what a word does to its arguments, or None for one that is no function.

    Examples
    --------
    >>> function("ReLU") is not None, function("np.tanh") is not None, function("loss")
    (True, True, None)
    """
    word = word.rpartition(".")[2]
    for name in dict.fromkeys((word, word.lower())):
        name = WORDS.get(name, name)
        if name in ARITHMETIC:
            return ARITHMETIC[name]
        if (found := scalar(name)) is not None:
            if name in ("max", "min"):
                return _extremum(name, found)
            return lambda *arguments, found=found: apply(found, *arguments)
        if name in tensors.CALLS:
            return tensors.CALLS[name]
    return None


def unknown(side: Tree, amiss: Tree) -> Tree | None:
    """Return the name of a function that is applied in a side, if that is what is amiss in it.

    Parameters
    ----------
    amiss
        The part of the side that has no meaning.
    """
    for part in trees.walk(side):
        match part:
            case trees.Call(function=name) if part is amiss:
                return name
            case trees.Product(factors=factors, operators=operators):
                for name, group, operator in zip(factors, factors[1:], operators, strict=False):
                    is_applied = isinstance(group, trees.Group) and group.bracket == "("
                    if is_applied and not operator and name.span == amiss.span:
                        return name if len(name_of(name)) > 1 else None
    return None


def name_of(tree: Tree) -> str:
    """Return the letters of a name with what stands below it; nothing for anything else."""
    if isinstance(tree, trees.Script) and tree.above is None and tree.below is not None:
        return name_of(tree.body) + name_of(tree.below)
    return tree.text if isinstance(tree, trees.Name) else ""


def scalar(word: str) -> Function | None:
    """Return the function of the catalogue that a word means."""
    word = word.rpartition(".")[2]
    for name in dict.fromkeys((word, word.lower())):
        try:
            return functions.named(WORDS.get(name, name))
        except UnknownNameError:
            continue
    return None


def derivative(word: str) -> Applied | None:
    """Return the derivative of a function of one number, applied to its argument."""
    found = scalar(word)
    if found is None or found.arity != 1:
        return None
    return lambda argument: apply(prime(found, 0), argument)


def _extremum(name: str, pairwise: Function) -> Applied:
    def largest(*arguments: Expression, **options: Any) -> Expression:
        if len(arguments) == 1:
            return getattr(arguments[0], name)(**options)
        result = arguments[0]
        for argument in arguments[1:]:
            result = apply(pairwise, result, argument)
        return result

    return largest
