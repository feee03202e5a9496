"""Generated functions compiled by numba, the extra ``jit``, and kept on disk.

Only the first process that ever asks for a function waits until it is compiled.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.program.source import compiled


def check_numba() -> None:
    """Raise an error that says what to install where numba is missing."""
    try:
        importlib.import_module("numba")
    except ImportError as error:
        raise GraphError(
            "jit=True needs numba, which cannot be imported; install it with "
            "pip install 'graphdiff-explorer[jit]'"
        ) from error


def jitted(template: str, names: Mapping[str, object], signature: Any = None) -> Callable[..., Any]:
    """Return the function of a text compiled; numba knows it again by module, name and file.

    Parameters
    ----------
    template
        The text of a function in whose name ``{version}`` stands.
    names
        What is called in it; Python's functions are compiled too.
    signature
        The types of its arguments, for a function that is compiled at once; left out, it is
        compiled for those of the first call.
    """
    njit = importlib.import_module("numba").njit
    options = {"cache": True, "error_model": "numpy", "nogil": True}
    version = hashlib.sha256(template.encode()).hexdigest()[:12]
    called = {
        name: njit(**options)(known) if isinstance(known, FunctionType) else known
        for name, known in names.items()
    }
    text = template.replace("{version}", f"_{version}")
    function: Any = compiled(text, called, "graphdiff, compiled by numba")
    function.__module__ = __name__
    function.__code__ = function.__code__.replace(co_filename=__file__)
    given = {} if signature is None else {"signature_or_function": signature}
    return njit(**given, **options)(function)
