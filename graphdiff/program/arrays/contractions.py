"""Contractions as matrix products: transposes and reshapes around one call of BLAS."""

from __future__ import annotations

import math

import numpy as np

from graphdiff.language.functions.contraction import Einsum
from graphdiff.program.arrays.statements import Statements, Variable

Labelled = tuple[Variable, str]
"""An array and the index of each of its axes."""


def contracted(
    s: Statements, f: Einsum, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
) -> Variable:
    """Write the statements of a contraction and return its value."""
    sizes = {
        index: size
        for use, term in zip(uses, f.operands, strict=True)
        for index, size in zip(term, use.shape, strict=True)
    }
    terms = [_without_repeats(s, use, t) for use, t in zip(uses, f.operands, strict=True)]
    if any(term is None for term in terms) or not 1 <= len(terms) <= 2:
        return _by_einsum(s, f, uses, shape, name)
    kept = [term for term in terms if term is not None]
    outside = [set("".join(t for _, t in kept[:k] + kept[k + 1 :])) for k in range(len(kept))]
    summed = [_summed(s, x, term, outside[k] | set(f.output)) for k, (x, term) in enumerate(kept)]
    if len(summed) == 1:
        (x, term) = summed[0]
        return _in_order(s, x, term, f.output)
    return _product_of_two(s, summed[0], summed[1], f.output, sizes, name)


def _without_repeats(s: Statements, x: Variable, term: str) -> Labelled | None:
    """Return an operand with each index once, a diagonal where one stood twice."""
    if len(set(term)) == len(term):
        return x, term
    repeated = {index for index in term if term.count(index) > 1}
    if len(repeated) > 1 or any(term.count(index) > 2 for index in repeated):
        return None
    (index,) = repeated
    first, second = (k for k, other in enumerate(term) if other == index)
    rest = term.replace(index, "")
    shape = (*(x.shape[k] for k in range(len(term)) if k not in (first, second)), x.shape[first])
    text = f"einsum('{term}->{rest}{index}', {{0}})"  # which may be written to, unlike diagonal
    found = s.add("t", shape, "view", (x,), text, contiguous=False, is_pure=x.is_pure)
    return found, rest + index


def _summed(s: Statements, x: Variable, term: str, wanted: set[str]) -> Labelled:
    """Return an operand summed over the indices that stand nowhere else."""
    axes = tuple(k for k, index in enumerate(term) if index not in wanted)
    if not axes:
        return x, term
    shape = tuple(size for k, size in enumerate(x.shape) if k not in axes)
    text = f"add.reduce({{0}}, {_one_or_all(axes)}, None, {{into}})"
    found = s.add("t", shape, "buffer", (x,), text)
    return found, "".join(index for k, index in enumerate(term) if k not in axes)


def _one_or_all(axes: tuple[int, ...]) -> int | tuple[int, ...]:
    return axes[0] if len(axes) == 1 else axes


def _in_order(s: Statements, x: Variable, term: str, output: str) -> Variable:
    return s.transposed(x, tuple(term.index(index) for index in output))


def _product_of_two(
    s: Statements, left: Labelled, right: Labelled, output: str, sizes: dict[str, int], name: str
) -> Variable:
    (a, first), (b, second) = left, right
    over = "".join(index for index in first if index in second and index not in output)
    both = "".join(index for index in output if index in first and index in second)
    rows = "".join(index for index in output if index in first and index not in second)
    columns = "".join(index for index in output if index in second and index not in first)
    if not over:
        return _entrywise(s, left, right, output, sizes, name)
    if columns and output[-1] in rows:  # the last axis is the one whose entries lie side by side
        return _product_of_two(s, right, left, output, sizes, name)
    a = _grouped(s, a, first, both, rows, over, sizes)
    b = _grouped(s, b, second, both, over, columns, sizes)
    text = "matmul({0}, {1}{out})" if both else "{0}.dot({1}{out})"
    lead = tuple(sizes[index] for index in both)
    ends = tuple(_size(group, sizes) for group in (rows, columns) if group)
    if both:  # stacks of matrices keep both axes
        a = s.reshaped(a, (*lead, _size(rows, sizes), _size(over, sizes)))
        b = s.reshaped(b, (*lead, _size(over, sizes), _size(columns, sizes)))
        ends = (_size(rows, sizes), _size(columns, sizes))
    product = s.add(name, (*lead, *ends), "buffer", (a, b), text)
    found = both + rows + columns
    split = s.reshaped(product, tuple(sizes[index] for index in found))
    return _in_order(s, split, found, output)


def _size(indices: str, sizes: dict[str, int]) -> int:
    return math.prod(sizes[index] for index in indices)


def _grouped(
    s: Statements, x: Variable, term: str, both: str, first: str, last: str, sizes: dict[str, int]
) -> Variable:
    """Return an operand with its indices in groups, each of the last two as one axis."""
    order = both + first + last
    turned = s.transposed(x, tuple(term.index(index) for index in order))
    shape = [sizes[index] for index in both]
    shape += [_size(group, sizes) for group in (first, last) if group]
    return s.reshaped(turned, tuple(shape))


def _entrywise(
    s: Statements, left: Labelled, right: Labelled, output: str, sizes: dict[str, int], name: str
) -> Variable:
    """Return the product without a sum, each operand stretched along what it lacks."""
    shape = tuple(sizes[index] for index in output)
    operands = tuple(stretched(s, x, term, output) for x, term in (left, right))
    return s.add(name, shape, "buffer", operands, "multiply({0}, {1}{out})")


def stretched(s: Statements, x: Variable, term: str, output: str) -> Variable:
    """Return an operand with its axes where they are in the output, and size 1 for others."""
    turned = s.transposed(x, tuple(term.index(index) for index in output if index in term))
    if output.endswith(term) or all(index in term for index in output):
        return turned  # broadcasting adds axes in front by itself
    sizes = iter(turned.shape)
    shape = tuple(next(sizes) if index in term else 1 for index in output)
    key = ", ".join(":" if index in term else "None" for index in output)
    pure = turned.is_pure
    return s.add("t", shape, "view", (turned,), f"{{0}}[{key}]", contiguous=False, is_pure=pure)


def _by_einsum(
    s: Statements, f: Einsum, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
) -> Variable:
    """Return a contraction of several operands, in the order NumPy finds best."""
    arrays = [np.broadcast_to(np.float64(0), use.shape) for use in uses]
    path = s.constant("path", np.einsum_path(f.subscripts, *arrays, optimize="greedy")[0])
    places = ", ".join(f"{{{k}}}" for k in range(len(uses)))
    call = f"einsum({f.subscripts!r}, {places}, optimize={path}"
    if not shape:
        return s.add(name, shape, "scalar", uses, f"{call})[()]")
    # into memory of its own: of one operand, einsum may return a view
    return s.add(name, shape, "buffer", uses, "{alloc}", f"{call}, out={{t}})")
