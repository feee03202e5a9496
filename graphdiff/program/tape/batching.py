"""A tape evaluated on many samples at once: a leading axis before the shape of each value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import beside
from graphdiff.language.functions import Function
from graphdiff.language.functions.movement import Broadcast
from graphdiff.program.tape.tape import Call, Fixed, Leaf, Number, Tape


def on_samples(tape: Tape, leaves: Mapping[str, Any], dtype: np.dtype[Any]) -> list[Any]:
    """Return the outputs of a tape, each line in turn by its function's kernel.

    Parameters
    ----------
    leaves
        The value of each leaf, with an axis more where it is samples.
    """
    values: list[Any] = []
    with np.errstate(all="ignore"):
        for line in tape.lines:
            match line:
                case Leaf(name):
                    values.append(leaves[name])
                case Number(value):
                    values.append(np.asarray(float(value), dtype))
                case Fixed(array):
                    values.append(array.astype(dtype))
                case Call(function, operands):
                    shapes = [tape.shapes[k] for k in operands]
                    arrays = [values[k] for k in operands]
                    if isinstance(function, Function):
                        found = FLOAT64.apply(function)(*beside(arrays, shapes))
                    else:
                        found = function.kernel(FLOAT64, arrays, shapes)
                    values.append(np.asarray(found, dtype))
    return [values[k] for k in tape.outputs]


def is_of_scalars(tape: Tape) -> bool:
    """Whether every value is a scalar, so that samples are vectors and nothing else changes."""
    return not any(tape.shapes) and all(
        isinstance(line.function, Function) for line in tape.lines if isinstance(line, Call)
    )


def with_samples(tape: Tape, sampled: Mapping[str, int]) -> Tape:
    """Return a tape of scalars with a vector of samples in place of some leaves.

    Every output is such a vector, also one that is the same for all samples.
    """
    shapes: list[tuple[int, ...]] = []
    for line in tape.lines:
        match line:
            case Leaf(name):
                shapes.append((sampled[name],) if name in sampled else ())
            case Call(_, operands):
                shapes.append(np.broadcast_shapes(*(shapes[k] for k in operands)))
            case _:
                shapes.append(())
    lines, lead = list(tape.lines), (next(iter(sampled.values())),)
    outputs = list(tape.outputs)
    for place, k in enumerate(outputs):
        if not shapes[k]:
            outputs[place] = len(lines)
            lines.append(Call(Broadcast(lead), (k,)))
            shapes.append(lead)
    return Tape(tuple(lines), tuple(shapes), tape.names, tuple(outputs))
