"""Random exercises, and students who compute them: in any numbers, forward and backward.

Nothing of the package takes part: each operation here has its own value and its own rule for
pulling a derivative back, which compute in 60 digits, in float64, in float32 or with symbols.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import mpmath
import numpy as np
import sympy as sp

mpmath.mp.dps = max(mpmath.mp.dps, 15)
DIGITS = 60


class Arithmetic(NamedTuple):
    """Numbers to compute in."""

    number: Any
    exp: Any
    log: Any
    tanh: Any


EXACT = Arithmetic(
    mpmath.mpf,
    np.frompyfunc(mpmath.exp, 1, 1),
    np.frompyfunc(mpmath.log, 1, 1),
    np.frompyfunc(mpmath.tanh, 1, 1),
)
FLOAT64 = Arithmetic(np.float64, np.exp, np.log, np.tanh)
FLOAT32 = Arithmetic(np.float32, np.exp, np.log, np.tanh)
SYMBOLS = Arithmetic(sp.Rational, sp.exp, sp.log, sp.tanh)


class Operation(NamedTuple):
    """An operation of an exercise.

    Attributes
    ----------
    source
        Its formula, ``{0}`` for its first operand.
    value
        Its value in some arithmetic.
    pull
        From the arithmetic, its value, the derivative after it, and its operands: the derivative
        before each.
    rules
        The same as texts, ``{g}`` for the derivative after it and ``{v}`` for its value.
    fits
        Which operands it is asked for.
    kind
        For which shapes: each operand a letter, s for a number, v for a vector, m for a matrix.
    """

    source: str
    value: Any
    pull: Any
    rules: tuple[str, ...]
    fits: Any = lambda *operands: True
    kind: str = "e"


def _sigmoid(ns, z):
    return 1 / (1 + ns.exp(-z))


def _softmax(ns, z):
    powers = ns.exp(z)
    return powers / np.sum(powers)


def _least(a):
    return min(abs(entry) for entry in np.ravel(np.asarray(a, object)))


def _most(a):
    return max(abs(entry) for entry in np.ravel(np.asarray(a, object)))


def _every(test):
    return lambda *operands: all(
        test(entry) for entry in np.ravel(np.asarray(operands[-1], object))
    )


ENTRYWISE = {
    "add": Operation(
        "{0} + {1}", lambda ns, a, b: a + b, lambda ns, v, g, a, b: (g, g), ("{g}", "{g}")
    ),
    "sub": Operation(
        "{0} - {1}", lambda ns, a, b: a - b, lambda ns, v, g, a, b: (g, -g), ("{g}", "-{g}")
    ),
    "mul": Operation(
        "{0}*{1}", lambda ns, a, b: a * b, lambda ns, v, g, a, b: (g * b, g * a),
        ("{g}*{1}", "{0}*{g}"),
    ),
    "div": Operation(
        "{0}/{1}", lambda ns, a, b: a / b, lambda ns, v, g, a, b: (g / b, -g * a / (b * b)),
        ("{g}/{1}", "-{g}*{v}/{1}"), lambda a, b: _least(b) > 0.2,
    ),
    "square": Operation(
        "{0}**2", lambda ns, a: a * a, lambda ns, v, g, a: (g * 2 * a,), ("2*{g}*{0}",),
        lambda a: _most(a) < 30,
    ),
    "cube": Operation(
        "{0}**3", lambda ns, a: a * a * a, lambda ns, v, g, a: (g * 3 * a * a,), ("3*{0}**2*{g}",),
        lambda a: _most(a) < 8,
    ),
    "half": Operation(
        "0.5*{0}", lambda ns, a: ns.number(1) / 2 * a, lambda ns, v, g, a: (g / 2,), ("{g}/2",)
    ),
    "line": Operation(
        "2*{0} - 1", lambda ns, a: 2 * a - 1, lambda ns, v, g, a: (2 * g,), ("{g} + {g}",)
    ),
    "neg": Operation("-{0}", lambda ns, a: -a, lambda ns, v, g, a: (-g,), ("-{g}",)),
    "exp": Operation(
        "exp({0})", lambda ns, a: ns.exp(a), lambda ns, v, g, a: (g * v,), ("{g}*{v}",),
        lambda a: _most(a) < 5,
    ),
    "log": Operation(
        "log({0})", lambda ns, a: ns.log(a), lambda ns, v, g, a: (g / a,), ("{g}/{0}",),
        _every(lambda entry: entry > 0.1),
    ),
    "sigmoid": Operation(
        "sigmoid({0})", _sigmoid, lambda ns, v, g, a: (g * v * (1 - v),), ("{g}*{v}*(1 - {v})",),
        lambda a: _most(a) < 6,
    ),
    "tanh": Operation(
        "tanh({0})", lambda ns, a: ns.tanh(a), lambda ns, v, g, a: (g * (1 - v * v),),
        ("(1 - {v}**2)*{g}",), lambda a: _most(a) < 4,
    ),
    "relu": Operation(
        "relu({0})", lambda ns, a: a * (a > 0), lambda ns, v, g, a: (g * (a > 0),),
        ("{g}*where({0} > 0, 1, 0)",), lambda a: _least(a) > 0.1,
    ),
}  # fmt: skip

SCALAR = ENTRYWISE | {
    "affine": Operation(
        "{0}*{1} + {2}", lambda ns, a, b, c: a * b + c,
        lambda ns, v, g, a, b, c: (g * b, g * a, g), ("{g}*{1}", "{g}*{0}", "{g}"),
    ),
    "squared error": Operation(
        "({0} - {1})**2/2", lambda ns, a, b: (a - b) * (a - b) / 2,
        lambda ns, v, g, a, b: (g * (a - b), g * (b - a)),
        ("{g}*({0} - {1})", "({1} - {0})*{g}"), lambda a, b: _most(a - b) < 100,
    ),
    "cross-entropy": Operation(
        "-({1}*log({0}) + (1 - {1})*log(1 - {0}))",
        lambda ns, a, y: -(y * ns.log(a) + (1 - y) * ns.log(1 - a)),
        lambda ns, v, g, a, y: (g * (a - y) / (a * (1 - a)), g * (ns.log(1 - a) - ns.log(a))),
        ("{g}*({0} - {1})/({0}*(1 - {0}))", "{g}*(log(1 - {0}) - log({0}))"),
        lambda a, y: 0.02 < a < 0.98,
    ),
}  # fmt: skip

TENSOR = {
    "layer": Operation(
        "{0} @ {1}", lambda ns, W, x: W @ x,
        lambda ns, v, g, W, x: (np.multiply.outer(g, x), W.T @ g),
        ("outer({g}, {1})", "{0}.T @ {g}"), kind="mv",
    ),
    "softmax": Operation(
        "softmax({0})", _softmax, lambda ns, v, g, z: (v * (g - np.sum(g * v)),),
        ("{v}*({g} - sum({g}*{v}))",), lambda z: _most(z) < 6, kind="v",
    ),
}  # fmt: skip

LOSSES = {
    "half squares": Operation(
        "sum(({0} - {1})**2)/2", lambda ns, a, y: np.sum((a - y) * (a - y)) / 2,
        lambda ns, v, g, a, y: (g * (a - y), g * (y - a)), ("{0} - {1}", "{g}*({1} - {0})"),
    ),
    "mean square": Operation(
        "mean(({0} - {1})**2)", lambda ns, a, y: np.sum((a - y) * (a - y)) / np.size(a),
        lambda ns, v, g, a, y: (g * 2 * (a - y) / np.size(a), g * 2 * (y - a) / np.size(a)),
        ("2*({0} - {1})/{n}", "{g}*2*({1} - {0})/{n}"),
    ),
    "entropy": Operation(
        "-sum({1}*log({0}))", lambda ns, a, y: -np.sum(y * ns.log(a)),
        lambda ns, v, g, a, y: (-g * y / a, -g * ns.log(a)), ("-{1}/{0}", "-{g}*log({0})"),
        lambda a, y: all(entry > 0.02 for entry in np.ravel(a)),
    ),
    "sum": Operation(
        "sum({0}*{1})", lambda ns, a, y: np.sum(a * y), lambda ns, v, g, a, y: (g * y, g * a),
        ("{1}", "{g}*{0}"),
    ),
}  # fmt: skip


class Line(NamedTuple):
    """A computed node: its name, operation and operands."""

    name: str
    operation: Operation
    operands: tuple[str, ...]

    @property
    def source(self):
        return self.operation.source.format(*self.operands)


@dataclass
class Exercise:
    """A graph: decimals of its leaves as texts, perhaps nested, and its computed nodes."""

    leaves: dict[str, Any]
    lines: list[Line] = field(default_factory=list)

    def given(self, ns):
        return {name: entries(text, ns.number) for name, text in self.leaves.items()}

    @property
    def output(self):
        return self.lines[-1].name

    def children(self, name):
        """Return the lines that use a node, with the slots."""
        for line in self.lines:
            for slot, operand in enumerate(line.operands):
                if operand == name:
                    yield line, slot

    def forward(self, ns, given=None):
        """Return the value of each node."""
        values = self.given(ns) if given is None else dict(given)
        for line in self.lines:
            values[line.name] = line.operation.value(ns, *(values[name] for name in line.operands))
        return values

    def pulled(self, ns, line, values, cotangent):
        """Return the derivatives before a line, one for each operand."""
        operands = [values[name] for name in line.operands]
        return line.operation.pull(ns, values[line.name], cotangent, *operands)

    def backward(self, ns, values):
        """Return the derivative of the last node with respect to each node."""
        found = {self.output: ns.number(1)}
        for line in reversed(self.lines):
            if line.name in found:
                pulled = self.pulled(ns, line, values, found[line.name])
                for name, part in zip(line.operands, pulled, strict=True):
                    found[name] = found[name] + part if name in found else part
        zero = ns.number(0)
        return {name: found.get(name, 0 * values[name] + zero) for name in values}

    def locally(self, ns, line, name, values):
        """Return J of a number with respect to one of its operands."""
        parts = self.pulled(ns, line, values, ns.number(1))
        return sum(
            part for operand, part in zip(line.operands, parts, strict=True) if operand == name
        )

    def second(self, name, given):
        """Return the second derivative with respect to a leaf, by differences in many digits."""
        step = mpmath.mpf(10) ** -25
        slopes = []
        for sign in (1, -1):
            values = self.forward(EXACT, given | {name: given[name] + sign * step})
            slopes.append(self.backward(EXACT, values)[name])
        return (slopes[0] - slopes[1]) / (2 * step)

    @property
    def has_kinks(self):
        return any(line.operation is ENTRYWISE["relu"] for line in self.lines)


def entries(text, number):
    """Return nested texts as an array of numbers, one as a number."""
    if isinstance(text, str):
        return number(text)
    return np.array(
        [entries(part, number) for part in text], object if number is mpmath.mpf else None
    )


def decimal(draw, least=None):
    """Draw a decimal of one to four digits."""
    digits = draw.randint(1, 4)
    places = draw.randint(0, digits)
    number = draw.randint(1, 10**digits - 1)
    while number > 3 * 10**places:
        number //= 2
    text = f"{number / 10**places:.{places}f}"
    return text if least is not None or draw.random() < 0.6 else "-" + text


def scalar_exercise(draw):
    """Draw an exercise of numbers, of 2 to 12 computed nodes."""
    exercise = Exercise({f"x_{k}": decimal(draw) for k in range(1, draw.randint(2, 4))})
    exercise.leaves |= {f"w_{k}": decimal(draw) for k in range(1, draw.randint(2, 4))}
    values, unused = exercise.given(EXACT), set(exercise.leaves)
    many = draw.randint(2, 12)
    names = iter("uvabchkmnqrst")
    for _ in range(200):
        operation = draw.choice(list(SCALAR.values()))
        arity = len(operation.rules)
        pool = [draw.choice(sorted(unused)) if unused and draw.random() < 0.7
                else draw.choice(list(values)) for _ in range(arity)]  # fmt: skip
        operands = [values[name] for name in pool]
        if not operation.fits(*operands):
            continue
        value = operation.value(EXACT, *operands)
        if abs(value) > 1000 or 0 < abs(value) < 1e-4:
            continue
        line = Line(next(names), operation, tuple(pool))
        exercise.lines.append(line)
        values[line.name] = value
        unused = (unused - set(pool)) | {line.name}
        if len(exercise.lines) == many:
            break
    return exercise


def _array(draw, *shape, least=None):
    if not shape:
        return decimal(draw, least)
    return [_array(draw, *shape[1:], least=least) for _ in range(shape[0])]


def tensor_exercise(draw):
    """Draw an exercise of small vectors and matrices, with a loss at its end."""
    size = draw.randint(2, 3)
    exercise = Exercise({"x": _array(draw, size)})
    values = exercise.given(EXACT)
    names = iter("zahvbkcqutmnrs")
    current = "x"

    def leaf(name, *shape, **options):
        exercise.leaves[name] = _array(draw, *shape, **options)
        values[name] = entries(exercise.leaves[name], mpmath.mpf)
        return name

    def add(operation, *operands):
        if not operation.fits(*(values[name] for name in operands)):
            return None
        value = operation.value(EXACT, *(values[name] for name in operands))
        if _most(value) > 300:
            return None
        exercise.lines.append(Line(next(names), operation, operands))
        values[exercise.lines[-1].name] = value
        return exercise.lines[-1].name

    for k in range(1, draw.randint(2, 4)):
        out = draw.randint(2, 3)
        current = add(TENSOR["layer"], leaf(f"W_{k}", out, size), current) or current
        size = len(values[current])
        if draw.random() < 0.7:
            current = add(ENTRYWISE["add"], current, leaf(f"b_{k}", size)) or current
        kind = draw.choice(["sigmoid", "tanh", "relu", "square", "exp", "softmax", "line"])
        operation = TENSOR["softmax"] if kind == "softmax" else ENTRYWISE[kind]
        current = add(operation, current) or current
    loss = draw.choice(list(LOSSES.values()))
    target = leaf("y", size, least=0)
    if add(loss, current, target) is None:
        add(LOSSES["half squares"], current, target) or add(LOSSES["sum"], current, target)
    return exercise


def exercise(seed):
    """Return the exercise of a seed, and the generator to go on with."""
    draw = random.Random(seed)
    while True:
        with mpmath.workdps(DIGITS):
            found = (tensor_exercise if seed % 4 == 3 else scalar_exercise)(draw)
        if len(found.lines) >= 2 and (
            seed % 4 != 3 or found.lines[-1].operation in LOSSES.values()
        ):
            return found, draw
