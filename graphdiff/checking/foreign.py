"""Numbers of other libraries, and texts as they print: tensors of PyTorch, arrays of JAX."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from graphdiff.checking.precision import BFloat16
from graphdiff.files.tokens import MAX_LENGTH

_BLANKS = re.compile(r"\s*+\[[\s\[]*+(?:[-+]?[0-9.]++(?:[eE][-+]?[0-9]++)?[\s\]\[]++)++")
"""An array as NumPy prints it: numbers in brackets, with blanks between them and no commas."""

NESTED = 4
"""Names of types around each other that are taken off."""

_WRAPPED = re.compile(
    r"\b(?:(?:np|numpy|jnp|torch)\.)?(?:float(?:16|32|64)|bfloat16|array|asarray|tensor|Array)"
    r"\((?P<inside>[-+0-9.eE,\s\[\]]*+)(?:\w++ *+= *+[^(),=]*+,? *+)*+\)"
)


def as_numpy(entry: Any) -> Any:
    """Return a tensor of PyTorch, an array of JAX or a NumPy-like as a NumPy array.

    Numbers of bfloat16, which NumPy lacks, are of a type of their own.
    Anything else is returned as it is.
    """
    if isinstance(entry, np.ndarray | np.generic | str | list | tuple | dict):
        return entry
    if callable(detach := getattr(entry, "detach", None)):  # PyTorch
        tensor: Any = detach()
        tensor = tensor.cpu()
        is_brain = str(tensor.dtype).endswith("bfloat16")
        return (
            _brain(np.asarray(tensor.float().numpy())) if is_brain else np.asarray(tensor.numpy())
        )
    if hasattr(entry, "__array__") and hasattr(entry, "dtype") and hasattr(entry, "shape"):
        array = np.asarray(entry)
        if array.dtype.name == "bfloat16":
            return _brain(array.astype(np.float32))
        return array if array.dtype.kind in "iufb" else entry
    return entry


def _brain(array: np.ndarray) -> np.ndarray:
    result = np.empty(array.shape, object)
    result.ravel()[:] = [BFloat16(value) for value in array.ravel().tolist()]
    return result


def without_wrappers(text: str) -> str:
    r"""Return a printed number or array without the name of its type.

    Examples
    --------
    >>> without_wrappers("np.float64(0.3)"), without_wrappers("[tensor(0.5), array([1., 2.])]")
    ('0.3', '[0.5, [1., 2.]]')
    >>> without_wrappers("[[ 1.  -2.5] [ 0.3  4. ]]")
    '[[ 1., -2.5], [ 0.3, 4. ]]'
    """
    if len(text) > MAX_LENGTH:
        return text
    if _BLANKS.fullmatch(text):
        text = re.sub(r"(?<=[0-9.\]])\s+(?=[-+0-9.\[])", ", ", text)
    for _ in range(NESTED if "(" in text else 0):
        found = _WRAPPED.sub(_bare, text)
        if found == text:
            break
        text = found
    return text


def _bare(match: re.Match[str]) -> str:
    """Return what is inside, in brackets where a power would take the sign for itself."""
    inside = match["inside"].strip(" ,")
    return f"({inside})" if inside.startswith(("-", "+")) else inside
