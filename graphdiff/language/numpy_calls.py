"""Calls of NumPy's own functions on expressions, and what answers them.

The answers are expressions, so the room of functions of tensors fills the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.language.unavailable import ADVICE

ANSWERS: dict[Callable[..., Any], Callable[..., Any]] = {}
"""What answers each function of NumPy, by the same arguments."""


def numpy_call(
    function: Callable[..., Any], arguments: Sequence[Any], options: Mapping[str, Any]
) -> Any:
    """Return what a function of NumPy means for nodes.

    Raises
    ------
    GraphError
        If it has no counterpart, or an option that has none.

    Examples
    --------
    >>> import graphdiff as gd, numpy as np
    >>> x = gd.Graph().input("x", shape=(2, 3))
    >>> np.sum(x, axis=0).shape
    (3,)
    """
    name = f"{function.__module__}.{function.__name__}"
    answer = ANSWERS.get(function)
    if answer is None:
        if function.__name__ in ADVICE:
            raise GraphError(f"{name} cannot be applied to a node: {ADVICE[function.__name__]}")
        known = ", ".join(sorted(known.__name__ for known in ANSWERS))
        raise GraphError(f"{name} cannot be applied to a node; functions that can: {known}")
    try:
        bound = inspect.signature(answer).bind(*arguments, **options)
    except TypeError as error:
        raise GraphError(f"{name} on a node: {error}") from None
    return answer(*bound.args, **bound.kwargs)
