"""A program in JAX: the same text under jit, vmap and grad, on one machine or many."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse, LogDet
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Eye,
    Index,
    Reshape,
    Scatter,
    Stack,
    Transpose,
)
from graphdiff.language.functions.reductions import Extremum, Mean, Sum, TieShares
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.language.tensors.cumulative import Cumsum
from graphdiff.language.tensors.kronecker import Kron
from graphdiff.language.tensors.rearranging import Flip, Triangle
from graphdiff.language.tensors.running_products import Cumprod, LinearScan, Prod
from graphdiff.language.tensors.solving import Cholesky, Solution
from graphdiff.program.arguments import Arguments
from graphdiff.program.export.adjugates import diagonal_adjugate
from graphdiff.program.export.exported import Exported, exported
from graphdiff.program.export.maps import Spelling
from graphdiff.program.export.straight import Constant, Library, Shapes, keys, refusal
from graphdiff.program.tape.transforms import Recording

_ADJUGATE = """\
def adjugate(x, *along):
    u, s, vt = jnp.linalg.svd(x)
    ut, v = jnp.swapaxes(u, -1, -2), jnp.swapaxes(vt, -1, -2)
    sign = jnp.sign(jnp.linalg.det(u) * jnp.linalg.det(vt))[..., None, None]
    return v @ (sign * diagonal_adjugate(s, [ut @ h @ v for h in along])) @ ut"""

_LOGDET = """\
def logdet(x):
    sign, size = jnp.linalg.slogdet(x)
    return jnp.where(sign > 0, size, jnp.where(sign == 0, -jnp.inf, jnp.nan))"""

_WINNERS = """\
def winners(x, best, axes):
    found = (x == best).astype(x.dtype)
    return found / found.sum(axes, keepdims=True)"""


_LINEAR_SCAN = """\
def linear_scan(a, b, reverse):
    a = jnp.broadcast_to(a, b.shape)
    if reverse:
        a = jnp.concatenate([a[..., :1], jnp.flip(a[..., 1:], -1)], -1)
        return jnp.flip(linear_scan(a, jnp.flip(b, -1), False), -1)
    joined = lambda left, right: (left[0] * right[0], right[0] * left[1] + right[1])
    return lax.associative_scan(joined, (a, b), axis=-1)[1]"""


class Jax(Library):
    """How JAX is spoken to."""

    title: ClassVar[str] = "JAX"
    imports: ClassVar[tuple[str, ...]] = (
        "import itertools", "import jax.numpy as jnp",
        "from jax import lax", "from jax import nn",
        "from jax.scipy import special",
    )  # fmt: skip
    helpers: ClassVar[Mapping[str, str]] = {
        "adjugate": _ADJUGATE, "diagonal_adjugate": diagonal_adjugate("jnp", "dtype=int"),
        "linear_scan": _LINEAR_SCAN, "logdet": _LOGDET, "winners": _WINNERS,
    }  # fmt: skip

    def spelled(self, spelling: Spelling) -> str:
        """Return how a map is written."""
        return spelling.jax

    def takes_numbers(self, spelling: Spelling) -> bool:
        """Return True: a plain number takes the type of the array beside it."""
        return True

    def number(self, written: str) -> str:
        """Return a number as an array."""
        return f"jnp.asarray({written.strip('()') if written[0] == '(' else written}, dtype)"

    def kind(self, leaves: Sequence[str]) -> list[str]:
        """Return the line that says of which type the numbers are."""
        return [f"dtype = jnp.result_type({', '.join(['float', *leaves[:1]])})"]

    def fixed(self, written: str) -> str:
        """Return an array of numbers that never change."""
        return f"jnp.asarray({written}, dtype)"

    def call(
        self, function: TensorFunction, uses: Sequence[str], shapes: Shapes, constant: Constant
    ) -> str:
        """Return a function of tensors, applied to names."""
        x = uses[0] if uses else ""
        match function:
            case MatMul():
                return f"{x} @ {uses[1]}"
            case Einsum():
                return f"jnp.einsum({function.subscripts!r}, {', '.join(uses)})"
            case Sum(axes, rank, keepdims):
                return f"jnp.sum({x}{_along(axes, rank, keepdims)})"
            case Mean(axes, rank, keepdims):
                return f"jnp.mean({x}{_along(axes, rank, keepdims)})"
            case Extremum(axes, rank, keepdims, smallest):
                return f"jnp.{'min' if smallest else 'max'}({x}{_along(axes, rank, keepdims)})"
            case TieShares(axes, rank, smallest=smallest):
                best = f"jnp.{'min' if smallest else 'max'}({x}{_along(axes, rank, True)})"
                return f"winners({x}, {best}, {axes})"
            case Reshape(to):
                return f"jnp.reshape({x}, {to})"
            case Transpose(order):
                return f"{x}.T" if function.is_reversal else f"jnp.transpose({x}, {order})"
            case Broadcast(to):
                return f"jnp.broadcast_to({x}, {to})"
            case Concatenate(axis):
                return f"jnp.concatenate([{', '.join(uses)}], {axis})"
            case Stack(axis):
                return f"jnp.stack([{', '.join(uses)}], {axis})"
            case Index(key):
                return f"{x}[{self._keys(key, constant)}]"
            case Scatter(key, to):
                return f"jnp.zeros({to}, dtype).at[{self._keys(key, constant)}].add({x})"
            case Eye(n):
                return f"jnp.eye({n}, dtype=dtype)"
            case Cumsum(axis, _, reverse):
                if not reverse:
                    return f"jnp.cumsum({x}, {axis})"
                return f"jnp.flip(jnp.cumsum(jnp.flip({x}, {axis}), {axis}), {axis})"
            case Flip(axis):
                return f"jnp.flip({x}, {axis})"
            case Triangle(k):
                return f"jnp.{function.name}({x}, {k})"
            case Prod(axes, rank, keepdims):
                return f"jnp.prod({x}{_along(axes, rank, keepdims)})"
            case Cumprod(axis):
                return f"jnp.cumprod({x}, {axis})"
            case LinearScan(_, reverse):
                return f"linear_scan({x}, {uses[1]}, {reverse})"
            case Solution(of_vectors=True):
                return f"jnp.linalg.solve({x}, {uses[1]}[..., None])[..., 0]"
            case Solution():
                return f"jnp.linalg.solve({x}, {uses[1]})"
            case Cholesky():
                return f"jnp.linalg.cholesky({x})"
            case Kron():
                return f"jnp.kron({x}, {uses[1]})"
            case Inverse():
                return f"jnp.linalg.inv({x})"
            case Det():
                return f"jnp.linalg.det({x})"
            case Adjugate():
                return f"adjugate({', '.join(uses)})"
            case LogDet():
                return f"logdet({x})"
        raise refusal(function, self.title)

    @staticmethod
    def _keys(key: tuple[Any, ...], constant: Constant) -> str:
        return keys(key, lambda places: f"jnp.asarray({constant(places)})")

    def returned(self, name: str, *, is_own: bool) -> str:
        """Return how a value is handed out: as it is, for no array is ever written to."""
        return name


def _along(axes: tuple[int, ...], rank: int, keepdims: bool) -> str:
    """Return the axes of a reduction, as the arguments after the first."""
    if len(axes) == rank and not keepdims:
        return ""
    written = f", {axes[0] if len(axes) == 1 else axes}"
    return f"{written}, keepdims=True" if keepdims else written


class JaxArrays:
    """Values as JAX takes them."""

    def __init__(self) -> None:
        self._jnp: Any = importlib.import_module("jax.numpy")

    def kind(self, given: Sequence[Any]) -> Any:
        """Return the type of numbers: that of the arrays given, else JAX's usual one."""
        return self._jnp.result_type(float, *given)

    def array(self, value: Any, kind: Any) -> Any:
        """Return a value as an array."""
        return self._jnp.asarray(value, kind)

    def held(self, value: Any, kind: Any) -> Any:
        """Return a value of the graph as an array of its own."""
        return self._jnp.array(value, kind)

    def constant(self, value: np.ndarray) -> Any:
        """Return an array that never changes."""
        return value


def to_jax(recording: Recording, arguments: Arguments, about: str = "") -> Exported:
    """Return a program as a function of JAX arrays.

    Parameters
    ----------
    recording
        What it computes.
    arguments
        What it takes, and the values held for what is left out.
    about
        What it computes, in words.

    Raises
    ------
    GraphError
        If a function of it cannot be written in JAX.
    """
    return exported(recording, arguments, Jax(), "jax", JaxArrays, about)
