"""Who runs a program: NumPy itself, or another library on NumPy's arrays."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from graphdiff.errors import GraphError, unknown
from graphdiff.program.arguments import Arguments
from graphdiff.program.export.exported import Exported
from graphdiff.program.export.jax import to_jax
from graphdiff.program.export.torch import to_torch
from graphdiff.program.tape.transforms import Recording

Axes = tuple[int | None, ...]
"""For each argument 0 where its first axis is samples, else None."""


class Runner(Protocol):
    """How a library runs a function of its arrays on NumPy's, or on its own."""

    def is_own(self, value: Any) -> bool:
        """Whether a value is an array of the library."""
        ...

    def kind(self, own: Any) -> tuple[np.dtype[Any], tuple[int, ...]]:
        """Return the type of an array of the library as NumPy calls it, and its shape."""
        ...

    def numpy(self, own: Any) -> np.ndarray:
        """Return an array of the library as one of NumPy's that may be written to."""
        ...

    def kept(self, value: np.ndarray) -> Any:
        """Return an array as the library's own, for many calls."""
        ...

    def ready(self, function: Callable[..., list[Any]], axes: Axes) -> Callable[..., list[Any]]:
        """Return a function of NumPy's arrays and the library's that gives the library's.

        Parameters
        ----------
        axes
            Which arguments are samples; if any is, so is every result.
        """
        ...


class JaxRunner:
    """Compiled by XLA, in float64 without touching what JAX is set to elsewhere."""

    def __init__(self) -> None:
        self._jax: Any = importlib.import_module("jax")
        has_it = hasattr(self._jax, "enable_x64")  # which older versions have elsewhere
        home = self._jax if has_it else importlib.import_module("jax.experimental")
        self._wide: Any = home.enable_x64

    def is_own(self, value: Any) -> bool:
        """Whether it is an array of JAX's."""
        return isinstance(value, self._jax.Array)

    def kind(self, own: Any) -> tuple[np.dtype[Any], tuple[int, ...]]:
        """Return its type, which is NumPy's, and shape."""
        return own.dtype, own.shape

    def numpy(self, own: Any) -> np.ndarray:
        """Return a copy."""
        return np.array(own)

    def kept(self, value: np.ndarray) -> Any:
        """Return an array of JAX's."""
        with self._wide(True):
            return self._jax.numpy.array(value)

    def ready(self, function: Callable[..., list[Any]], axes: Axes) -> Callable[..., list[Any]]:
        """Return the function under ``jit``, and ``vmap`` where there are samples."""
        mapped = self._jax.vmap(function, axes) if 0 in axes else function
        fast, wide = self._jax.jit(mapped), self._wide

        def run(*values: Any) -> list[Any]:
            with wide(True):
                return fast(*values)

        return run


class TorchRunner:
    """Operation by operation, on PyTorch's default device."""

    def __init__(self) -> None:
        self._torch: Any = importlib.import_module("torch")

    def is_own(self, value: Any) -> bool:
        """Whether it is a tensor."""
        return isinstance(value, self._torch.Tensor)

    def kind(self, own: Any) -> tuple[np.dtype[Any], tuple[int, ...]]:
        """Return the type that NumPy calls the same, and the shape."""
        return np.dtype(str(own.dtype).removeprefix("torch.")), tuple(own.shape)

    def numpy(self, own: Any) -> np.ndarray:
        """Return the entries row by row."""
        return np.asarray(own.cpu().numpy(), order="C")

    def kept(self, value: np.ndarray) -> Any:
        """Return a tensor."""
        return self._torch.tensor(value)

    def ready(self, function: Callable[..., list[Any]], axes: Axes) -> Callable[..., list[Any]]:
        """Return the function, under ``vmap`` where there are samples."""
        torch = self._torch
        mapped = torch.func.vmap(function, in_dims=axes) if 0 in axes else function

        def tensor(value: Any) -> Any:
            if value is None or isinstance(value, torch.Tensor):
                return value
            plain = np.array(value, order="C")  # torch neither reads all layouts nor promises
            return torch.from_numpy(plain).to(torch.get_default_device())

        def run(*values: Any) -> list[Any]:
            with torch.no_grad():
                return mapped(*map(tensor, values))

        return run


@dataclass(frozen=True)
class Backend:
    """A library that runs programs.

    Attributes
    ----------
    name
        The name of the option, of the module, and of the extra that installs it.
    title
        What the library is called.
    how
        How it runs a program, in words.
    export
        What writes a recording as a program for it.
    runner
        What runs that program; the library is imported when it is made.
    """

    name: str
    title: str
    how: str
    export: Callable[[Recording, Arguments, str], Exported]
    runner: Callable[[], Runner]


_ALL = (
    Backend("jax", "JAX", "compiled by jax.jit", to_jax, JaxRunner),
    Backend("torch", "PyTorch", "operation by operation", to_torch, TorchRunner),
)

BACKENDS: Mapping[str, Backend | None] = {"numpy": None, **{one.name: one for one in _ALL}}
"""Who may run a program, by name. NumPy, None, has programs of its own kinds."""


def backend_of(name: str) -> Backend | None:
    """Return a backend by its name, None for NumPy.

    Raises
    ------
    UnknownNameError
        If there is no such backend.
    GraphError
        If its library is not installed.
    """
    if name not in BACKENDS:
        raise unknown("backend", name, BACKENDS)
    backend = BACKENDS[name]
    if backend is not None and importlib.util.find_spec(backend.name) is None:
        raise GraphError(
            f"backend={name!r} runs in {backend.title}, which is not installed; install "
            f"graphdiff-explorer[{name}]"
        )
    return backend


class Run:
    """A program that a library runs on all arguments; it gives the outputs in order.

    Parameters
    ----------
    exported
        The program.
    held
        Values that are given again and again: those of the graph. They are converted once.
    dtype
        The type it computes in.
    axes
        Which arguments are samples.
    """

    def __init__(
        self,
        backend: Backend,
        exported: Exported,
        held: Sequence[Any],
        dtype: np.dtype[Any],
        axes: Axes,
    ) -> None:
        straight = exported.of_arrays
        self.runner = backend.runner()
        self._run = self.runner.ready(lambda *values: _outputs(straight(*values)), axes)
        self._kept = {
            id(one): (one, self.runner.kept(np.asarray(one, dtype)))
            for one in held
            if isinstance(one, np.ndarray)
        }

    def __call__(self, *values: Any) -> list[Any]:
        """Return the outputs as arrays of the library."""
        kept = self._kept
        return self._run(*(kept[id(one)][1] if id(one) in kept else one for one in values))


def _outputs(result: Any) -> list[Any]:
    """Return the arrays of a result in the order they are numbered in, which it lists them in."""
    if isinstance(result, dict):
        return [one for part in result.values() for one in _outputs(part)]
    if isinstance(result, tuple):
        return [one for part in result for one in _outputs(part)]
    return [result]
