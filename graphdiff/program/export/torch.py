"""A program in PyTorch: tensors on any device, and its autograd through them."""

from __future__ import annotations

import importlib
import math
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
    Slice,
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
    u, s, vt = torch.linalg.svd(x)
    ut, v = u.mT, vt.mT
    sign = torch.sign(torch.linalg.det(u) * torch.linalg.det(vt))[..., None, None]
    return v @ (sign * diagonal_adjugate(s, [ut @ h @ v for h in along])) @ ut"""

_WINNERS = """\
def winners(x, best, axes):
    found = (x == best).to(x.dtype)
    return found / found.sum(axes, keepdim=True)"""


_LINEAR_SCAN = """\
def linear_scan(a, b, reverse):
    if reverse:
        a = torch.cat([a[..., :1], torch.flip(a[..., 1:], (-1,))], -1)
        return torch.flip(linear_scan(a, torch.flip(b, (-1,)), False), (-1,))
    found = [b[..., 0]]
    for i in range(1, b.shape[-1]):
        found.append(a[..., i] * found[-1] + b[..., i])
    return torch.stack(found, -1)"""


class Torch(Library):
    """How PyTorch is spoken to."""

    title: ClassVar[str] = "PyTorch"
    imports: ClassVar[tuple[str, ...]] = (
        "import itertools", "import torch", "from torch.nn import functional as nn",
    )  # fmt: skip
    helpers: ClassVar[Mapping[str, str]] = {
        "adjugate": _ADJUGATE,
        "diagonal_adjugate": diagonal_adjugate("torch", "dtype=torch.int64, device=s.device"),
        "linear_scan": _LINEAR_SCAN, "winners": _WINNERS,
    }  # fmt: skip

    def spelled(self, spelling: Spelling) -> str:
        """Return how a map is written."""
        return spelling.torch

    def takes_numbers(self, spelling: Spelling) -> bool:
        """Whether a map takes a plain number beside a tensor."""
        return spelling.numbers_in_torch

    def number(self, written: str) -> str:
        """Return a number as a tensor."""
        bare = written.strip("()") if written[0] == "(" else written
        return f"torch.tensor({bare}, dtype=dtype, device=device)"

    def kind(self, leaves: Sequence[str]) -> list[str]:
        """Return the line that says of which type the numbers are, and where."""
        if not leaves:
            return ["dtype, device = torch.float64, torch.get_default_device()"]
        return [f"dtype, device = {leaves[0]}.dtype, {leaves[0]}.device"]

    def fixed(self, written: str) -> str:
        """Return an array of numbers that never change."""
        return f"torch.as_tensor({written}, dtype=dtype, device=device)"

    def call(
        self, function: TensorFunction, uses: Sequence[str], shapes: Shapes, constant: Constant
    ) -> str:
        """Return a function of tensors, applied to names."""
        x = uses[0] if uses else ""
        match function:
            case MatMul():
                return f"{x} @ {uses[1]}"
            case Einsum():
                return f"torch.einsum({function.subscripts!r}, {', '.join(uses)})"
            case Sum() | Mean() | Extremum() | TieShares() if not function.axes:
                return f"torch.ones_like({x})" if isinstance(function, TieShares) else f"{x} * 1.0"
            case Sum(axes, rank, keepdims):
                return f"torch.sum({x}{_along(axes, rank, keepdims)})"
            case Mean(axes, rank, keepdims):
                return f"torch.mean({x}{_along(axes, rank, keepdims)})"
            case Extremum(axes, rank, keepdims, smallest):
                return f"torch.{'amin' if smallest else 'amax'}({x}{_along(axes, rank, keepdims)})"
            case TieShares(axes, rank, smallest=smallest):
                best = f"torch.{'amin' if smallest else 'amax'}({x}{_along(axes, rank, True)})"
                return f"winners({x}, {best}, {axes})"
            case Reshape(to):
                return f"torch.reshape({x}, {to})"
            case Transpose(order):
                two = len(order) == 2 and function.is_reversal
                return f"{x}.T" if two else f"torch.permute({x}, {order})"
            case Broadcast(to):
                return f"torch.broadcast_to({x}, {to})"
            case Concatenate(axis):
                return f"torch.cat([{', '.join(uses)}], {axis})"
            case Stack(axis):
                return f"torch.stack([{', '.join(uses)}], {axis})"
            case Index(key):
                return self._index(function, key, x, shapes[0], constant)
            case Scatter(key, to):
                return self._scatter(Index(key), x, to, constant)
            case Eye(n):
                return f"torch.eye({n}, dtype=dtype, device=device)"
            case Cumsum(axis, _, reverse):
                if not reverse:
                    return f"torch.cumsum({x}, {axis})"
                return f"torch.flip(torch.cumsum(torch.flip({x}, [{axis}]), {axis}), [{axis}])"
            case Flip(axis):
                return f"torch.flip({x}, ({axis},))"
            case Triangle(k):
                return f"torch.{function.name}({x}, {k})"
            case Prod(axes, _, keepdims):
                for axis in reversed(axes):  # torch.prod takes one
                    x = f"torch.prod({x}, {axis}{', keepdim=True' if keepdims else ''})"
                return x
            case Cumprod(axis):
                return f"torch.cumprod({x}, {axis})"
            case LinearScan(_, reverse):
                return f"linear_scan({x}, {uses[1]}, {reverse})"
            case Solution(of_vectors=True):
                return f"torch.linalg.solve({x}, {uses[1]}[..., None])[..., 0]"
            case Solution():
                lead = np.broadcast_shapes(*(shape[:-2] for shape in shapes))
                a, b = (
                    use if shape[:-2] == lead else f"torch.broadcast_to({use}, {lead + shape[-2:]})"
                    for use, shape in zip(uses, shapes, strict=True)
                )  # which vmap does not do
                return f"torch.linalg.solve({a}, {b})"
            case Cholesky():
                return f"torch.linalg.cholesky({x})"
            case Kron():
                return f"torch.kron({x}, {uses[1]})"
            case Inverse():
                return f"torch.linalg.inv({x})"
            case Det():
                return f"torch.linalg.det({x})"
            case Adjugate():
                return f"adjugate({', '.join(uses)})"
            case LogDet():
                return f"torch.logdet({x})"
        raise refusal(function, self.title)

    def _index(
        self, f: Index, key: tuple[Any, ...], x: str, shape: tuple[int, ...], constant: Constant
    ) -> str:
        if _is_plain(key):
            return f"{x}[{keys(key, str)}]"
        if len(key) == 1 and not isinstance(key[0], Slice):
            return f"{x}[{_places(np.array(key[0]), constant)}]"
        flat = x if len(shape) == 1 else f"torch.reshape({x}, (-1,))"
        return f"{flat}[{_places(f.table(shape), constant)}]"

    def _scatter(self, f: Index, x: str, to: Any, constant: Constant) -> str:
        size = math.prod(to)
        if _is_plain(f.key) and len(to) == 1:
            places = f"torch.arange({size}, device=device)[{keys(f.key, str)}].reshape(-1)"
        elif _is_plain(f.key):
            places = f"torch.arange({size}, device=device).reshape({to})[{keys(f.key, str)}]"
            places += ".reshape(-1)"
        else:
            places = _places(f.table(to).ravel(), constant)
        zeros = f"torch.zeros({size}, dtype=dtype, device=device)"
        return f"{zeros}.index_add(0, {places}, torch.reshape({x}, (-1,))).reshape({to})"

    def returned(self, name: str, *, is_own: bool) -> str:
        """Return how a value is handed out: a copy where it shares its memory."""
        return name if is_own else f"{name}.clone()"


def _is_plain(key: tuple[Any, ...]) -> bool:
    """Whether PyTorch reads a key as it stands: no lists, and no steps backwards."""
    return not any(
        (isinstance(part, tuple) and not isinstance(part, Slice))
        or (isinstance(part, Slice) and (part.step or 1) < 0)
        for part in key
    )


def _places(table: np.ndarray, constant: Constant) -> str:
    return f"torch.as_tensor({constant(table.astype(np.int64))}, device=device)"


def _along(axes: tuple[int, ...], rank: int, keepdims: bool) -> str:
    """Return the axes of a reduction, as the arguments after the first."""
    if len(axes) == rank and not keepdims:
        return ""
    written = f", {axes[0] if len(axes) == 1 else axes}"
    return f"{written}, keepdim=True" if keepdims else written


class TorchTensors:
    """Values as PyTorch takes them."""

    def __init__(self) -> None:
        self._torch: Any = importlib.import_module("torch")

    def kind(self, given: Sequence[Any]) -> Any:
        """Return the type of numbers and the device: those of the tensors given."""
        torch = self._torch
        types: list[Any] = []
        devices: list[Any] = []
        for value in given:
            if isinstance(value, torch.Tensor):
                devices.append(value.device)
            elif isinstance(value, np.ndarray | np.generic):
                value = torch.as_tensor(np.empty(0, value.dtype) if np.ndim(value) else value)
            else:
                continue
            if value.is_floating_point():
                types.append(value.dtype)
        dtype = types[0] if types else torch.float64
        for other in types[1:]:
            dtype = torch.promote_types(dtype, other)
        return dtype, devices[0] if devices else torch.get_default_device()

    def array(self, value: Any, kind: Any) -> Any:
        """Return a value as a tensor."""
        dtype, device = kind
        if isinstance(value, np.ndarray) and not (
            value.flags.writeable and min(value.strides, default=0) >= 0
        ):
            value = value.copy()  # which PyTorch could not promise to leave alone, or not read
        return self._torch.as_tensor(value, dtype=dtype, device=device)

    def held(self, value: Any, kind: Any) -> Any:
        """Return a value of the graph as a tensor of its own."""
        dtype, device = kind
        return self._torch.tensor(value, dtype=dtype, device=device)

    def constant(self, value: np.ndarray) -> Any:
        """Return an array that never changes."""
        return self._torch.tensor(value)


def to_torch(recording: Recording, arguments: Arguments, about: str = "") -> Exported:
    """Return a program as a function of PyTorch's tensors.

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
        If a function of it cannot be written in PyTorch.
    """
    return exported(recording, arguments, Torch(), "torch", TorchTensors, about)
