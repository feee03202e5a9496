"""Arrays: transposed, factors swapped, entries multiplied in place of matrices."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from graphdiff.checking.faults.bugs import ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration, Derivation, Through
from graphdiff.checking.faults.operations import Use
from graphdiff.checking.faults.scene import Scene
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.movement import Transpose

Array = Any


def _transposed(scene: Scene) -> Iterator[Made]:
    if len(scene.target.shape) == 2 and min(scene.target.shape) > 1:
        is_square = _is_square(scene.target.shape)  # else the shape gives it away
        turned = Alteration(end=lambda _, found: np.swapaxes(found, -1, -2))
        yield Made(turned, {"matrix": "the matrix"}, is_natural=is_square)
    for operation in scene.evaluated:
        if isinstance(operation.declared, Transpose):
            used = scene.operations[operation.arguments[0]]
            if used.shape == operation.shape:
                words = {"matrix": used.text}
                values = {operation.place: ways.value(used.place)}
                yield Made(Alteration(values=values), words, operation.text)
        if isinstance(operation.declared, MatMul):
            for slot, place in enumerate(operation.arguments):
                if _is_square(scene.operations[place].shape):
                    turned = ways.again(operation, slot, _turned(place))
                    words = {"matrix": scene.operations[place].text}
                    yield Made(Alteration(values={operation.place: turned}), words, operation.text)


def _is_square(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[0] == shape[1] > 1


def _turned(place: int) -> Callable[[Derivation], Array]:
    return lambda at: np.swapaxes(at.values[place], -1, -2)


def _products(scene: Scene) -> Iterator[Made]:
    """Take P B, B P, Pᵀ B … in place of the product that goes back; A B for B A."""
    for operation in scene.evaluated:
        if isinstance(operation.declared, MatMul):
            one, two = (scene.operations[k] for k in operation.arguments)
            if one.shape == two.shape and _is_square(one.shape):
                swapped = {operation.place: lambda at, a=one.place, b=two.place:
                           at.values[b] @ at.values[a]}  # fmt: skip
                words = {"i": operation.text, "j": one.text, "other": two.text}
                yield Made(Alteration(values=swapped), words, operation.text)
    for use in scene.uses:
        if not isinstance(scene.by(use).declared, MatMul):
            continue
        other = scene.beside(use)
        if other is not None and _is_square(other.shape) and len(scene.used(use).shape) == 1:
            for turned in (False, True):
                through = _with_vector(other.place, turned)
                yield Made(Alteration({use: through}), scene.words(use), scene.where(use))
        shapes = (
            scene.by(use).shape,
            *(scene.operations[k].shape for k in scene.by(use).arguments),
        )
        if other is None or any(len(shape) != 2 for shape in shapes):
            continue
        wanted = scene.used(use).shape
        for turns in itertools.product((False, True), repeat=4):
            if not turns[2] and turns[3]:
                continue
            through = _product(other.place, *turns)
            if _has_shape(scene, use, other.shape, turns, wanted):
                yield Made(Alteration({use: through}), scene.words(use), scene.where(use))


def _with_vector(other: int, turned: bool) -> Through:
    def through(at: Derivation, P: Array) -> Array:
        matrix = at.values[other]
        return ((np.swapaxes(matrix, -1, -2) if turned else matrix) @ P[..., None])[..., 0]

    return through


def _product(
    other: int, first_turned: bool, second_turned: bool, swapped: bool, whole: bool
) -> Through:
    def through(at: Derivation, P: Array) -> Array:
        one, two = P, at.values[other]
        one = np.swapaxes(one, -1, -2) if first_turned else one
        two = np.swapaxes(two, -1, -2) if second_turned else two
        found = two @ one if swapped else one @ two
        return np.swapaxes(found, -1, -2) if whole else found

    return through


def _has_shape(
    scene: Scene, use: Use, other: tuple[int, ...], turns: tuple[bool, ...], wanted: Any
) -> bool:
    one, two = scene.by(use).shape, other
    one, two = (one[::-1] if turns[0] else one), (two[::-1] if turns[1] else two)
    first, second = (two, one) if turns[2] else (one, two)
    found = (first[0], second[1])
    return first[1] == second[0] and (found[::-1] if turns[3] else found) == wanted


def _entrywise(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        other = scene.beside(use)
        if isinstance(scene.by(use).declared, MatMul) and other is not None:
            shapes = {scene.by(use).shape, other.shape, scene.used(use).shape}
            if len(shapes) == 1:
                for factor in (ways.value(other.place), _turned(other.place)):
                    through: Through = lambda at, P, factor=factor: P * factor(at)  # noqa: E731
                    yield Made(Alteration({use: through}), scene.words(use), scene.where(use))
    for operation in scene.evaluated:
        if isinstance(operation.declared, MatMul):
            one, two = (scene.operations[k] for k in operation.arguments)
            if one.shape == two.shape == operation.shape:
                values = {operation.place: lambda at, a=one.place, b=two.place:
                          at.values[a] * at.values[b]}  # fmt: skip
                words = {"i": operation.text, "other": two.text, "j": one.text}
                yield Made(Alteration(values=values), words, operation.text,
                           scene.nearness(operation))  # fmt: skip


def _diagonal(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        by, used = scene.by(use), scene.used(use)
        mixes = not by.is_map and by.function is not None and len(by.arguments) == 1
        if mixes and by.shape == used.shape and 1 < by.size <= 64:
            yield Made(Alteration({use: _by_diagonal(use)}), scene.words(use), scene.where(use))


def _by_diagonal(use: Use) -> Through:
    def through(at: Derivation, P: Array) -> Array:
        shape = at.shape_of(use)
        size = int(np.prod(shape))
        rows = np.eye(size).reshape((1, size, *shape))
        J = at.through(use, rows).reshape((-1, size, size))
        diagonal = np.diagonal(J, axis1=1, axis2=2).reshape((-1, 1, *shape))
        return P * diagonal

    return through


BUGS = (
    Bug(
        "transposed", "the transpose is given",
        "{matrix} is transposed: rows and columns are exchanged",
        "Which index counts the rows, which the columns?",
        "∂L/∂W has the shape of W", 3.5, _transposed,
    ),
    Bug(
        "factors-swapped", "the factors of a matrix product are swapped or one is not transposed",
        "in the product that goes back through {i}, the factors are swapped, or a transpose is "
        "missing or too many",
        "Write the shapes under the factors of the product for {j}, and what each index means.",
        "for Y = A B: Ā = Ȳ Bᵀ and B̄ = Aᵀ Ȳ", 3, _products,
    ),
    Bug(
        "hadamard", "entries are multiplied in place of matrices",
        "{i} is a product of matrices, but entries are multiplied one by one",
        "Is it ⊙ or a product of matrices between the two?",
        "(A B)_ij = Σ_k A_ik B_kj", 1, _entrywise,
    ),
    Bug(
        "off-diagonal", "only the diagonal of a local Jacobian is used",
        "{function} is differentiated entry by entry: its off-diagonal derivatives are left out",
        "Does each entry of {i} depend on one entry of {j}, or on all?",
        "softmax: ∂p_i/∂z_j = p_i(δ_ij − p_j)", 1, _diagonal,
    ),
)  # fmt: skip
