"""Functions of exercises: their value, how a derivative goes back through them, what is mistaken.

``g`` is the derivative after the function, ``v`` the name of its value, then come its operands;
everything is a formula. ``mistakes`` has for a kind of mistake and an operand (None: for the value)
what is written in place of the right formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from students.writing import Formula, call, times


@dataclass(frozen=True)
class Operation:
    """A function of nodes."""

    value: Callable[..., Formula]
    pulls: tuple[Callable[..., Formula], ...]
    mistakes: dict[tuple[str, int | None], tuple[Callable[..., Formula], ...]] = field(
        default_factory=dict
    )
    fits: Callable[..., Any] = lambda *operands: True


def _mistakes(**told):
    """Return mistakes told as kind=(operand, altered) or a list of such."""
    found: dict[tuple[str, int | None], tuple] = {}
    for kind, altered in told.items():
        for slot, change in altered if isinstance(altered, list) else [altered]:
            key = kind.replace("_", " "), slot
            found[key] = (*found.get(key, ()), change)
    return found


def sigmoid(z):
    return call("sigmoid", z)


def tanh(z):
    return call("tanh", z)


def total(x):
    return call("sum", x)


def outer(g, x):
    return call("outer", g, x)


ADD = Operation(
    lambda a, b: a + b,
    (lambda g, v, a, b: g, lambda g, v, a, b: g),
    _mistakes(
        product_rule_on_a_sum=[
            (0, lambda g, v, a, b: times(g, b)),
            (1, lambda g, v, a, b: times(g, a)),
        ]
    ),
)
SUB = Operation(
    lambda a, b: a - b,
    (lambda g, v, a, b: g, lambda g, v, a, b: -g),
    _mistakes(
        product_rule_on_a_sum=[
            (0, lambda g, v, a, b: times(g, b)),
            (1, lambda g, v, a, b: times(g, a)),
        ],
        sign=[(None, lambda a, b: b - a), (None, lambda a, b: a + b)],
        missing_minus_one=(1, lambda g, v, a, b: g),
    ),
)
MUL = Operation(
    lambda a, b: a * b,
    (lambda g, v, a, b: times(g, b), lambda g, v, a, b: times(g, a)),
    _mistakes(
        sum_rule_on_a_product=[(0, lambda g, v, a, b: g), (1, lambda g, v, a, b: g)],
        other_variable=[(0, lambda g, v, a, b: times(g, a)), (1, lambda g, v, a, b: times(g, b))],
    ),
)
DIV = Operation(
    lambda a, b: a / b,
    (lambda g, v, a, b: g / b, lambda g, v, a, b: -(times(g, a) / b**2)),
    _mistakes(
        missing_minus_one=(1, lambda g, v, a, b: times(g, a) / b**2),
        power_rule=(1, lambda g, v, a, b: -(times(g, a) / b)),
        other_variable=(1, lambda g, v, a, b: g / b),
    ),
    lambda a, b: np.min(np.abs(b)) > 0.3,
)
SQUARE = Operation(
    lambda a: a**2,
    (lambda g, v, a: times(g, 2 * a),),
    _mistakes(
        factor_2_left_out=(0, lambda g, v, a: times(g, a)),
        power_rule=[(0, lambda g, v, a: times(g, 2 * a**2)), (0, lambda g, v, a: times(g, a**2))],
    ),
    lambda a: np.max(np.abs(a)) < 12,
)
CUBE = Operation(
    lambda a: a**3,
    (lambda g, v, a: times(g, 3 * a**2),),
    _mistakes(
        power_rule=[
            (0, lambda g, v, a: times(g, a**2)),
            (0, lambda g, v, a: times(g, 3 * a)),
            (0, lambda g, v, a: times(g, 3 * a**3)),
            (0, lambda g, v, a: times(g, 2 * a**2)),
        ],
    ),
    lambda a: np.max(np.abs(a)) < 5,
)
SIGMOID = Operation(
    sigmoid,
    (lambda g, v, z: times(g, v) * (1 - v),),
    _mistakes(
        derivative_left_out=(0, lambda g, v, z: g),
        at_a_in_place_of_z=(0, lambda g, v, z: times(g, sigmoid(v)) * (1 - sigmoid(v))),
        sign_of_the_exponent=[
            (None, lambda z: 1 / (1 + call("exp", z))),
            (None, lambda z: sigmoid(-z)),
        ],
        derivative_counted_twice=(0, lambda g, v, z: times(g, v**2) * (1 - v) ** 2),
        sign=(0, lambda g, v, z: times(g, v) * (1 + v)),
    ),
    lambda z: np.max(np.abs(z)) < 5,
)
TANH = Operation(
    tanh,
    (lambda g, v, z: times(g, 1 - v**2),),
    _mistakes(
        derivative_left_out=(0, lambda g, v, z: g),
        at_a_in_place_of_z=(0, lambda g, v, z: times(g, 1 - tanh(v) ** 2)),
        derivative_counted_twice=(0, lambda g, v, z: times(g, (1 - v**2) ** 2)),
        power_rule=(0, lambda g, v, z: times(g, 1 - v)),
        sign=[(0, lambda g, v, z: times(g, 1 + v**2)), (None, lambda z: tanh(-z))],
    ),
    lambda z: np.max(np.abs(z)) < 3,
)
RELU = Operation(
    lambda z: call("relu", z),
    (lambda g, v, z: times(g, call("step", z)),),
    _mistakes(derivative_left_out=(0, lambda g, v, z: g)),
    lambda z: np.min(np.abs(z)) > 0.05,
)
EXP = Operation(
    lambda a: call("exp", a),
    (lambda g, v, a: times(g, v),),
    _mistakes(
        derivative_left_out=(0, lambda g, v, a: g),
        sign_of_the_exponent=(None, lambda a: call("exp", -a)),
        power_rule=(0, lambda g, v, a: times(g, a) * call("exp", a - 1)),
    ),
    lambda a: np.max(np.abs(a)) < 3,
)
LOG = Operation(
    lambda a: call("log", a),
    (lambda g, v, a: g / a,),
    _mistakes(
        derivative_left_out=(0, lambda g, v, a: g),
    ),
    lambda a: np.min(a) > 0.2,
)


def _bce(sign):
    return lambda a, y: sign(y * call("log", a) + (1 - y) * call("log", 1 - a))


HALF_SQUARE = Operation(
    lambda a, y: 0.5 * (a - y) ** 2,
    (lambda g, v, a, y: times(g, a - y), lambda g, v, a, y: times(g, y - a)),
    _mistakes(
        y_minus_yhat=(0, lambda g, v, a, y: times(g, y - a)),
        absolute_error=(0, lambda g, v, a, y: times(g, call("abs", a - y))),
        half_left_out=[
            (None, lambda a, y: (a - y) ** 2),
            (0, lambda g, v, a, y: times(g, 2 * (a - y))),
        ],
        sign=(None, lambda a, y: 0.5 * (a + y) ** 2),
    ),
)
SQUARED_ERROR = Operation(
    lambda a, y: (a - y) ** 2,
    (lambda g, v, a, y: times(g, 2 * (a - y)), lambda g, v, a, y: times(g, 2 * (y - a))),
    _mistakes(
        y_minus_yhat=(0, lambda g, v, a, y: times(g, 2 * (y - a))),
        absolute_error=(0, lambda g, v, a, y: times(g, 2 * call("abs", a - y))),
        factor_2_left_out=(0, lambda g, v, a, y: times(g, a - y)),
        power_rule=(0, lambda g, v, a, y: times(g, 2 * (a - y) ** 2)),
    ),
)
CROSS_ENTROPY = Operation(
    _bce(lambda s: -s),
    (
        lambda g, v, a, y: times(g, (a - y) / (a * (1 - a))),
        lambda g, v, a, y: times(g, call("log", 1 - a) - call("log", a)),
    ),
    _mistakes(
        sign=(None, _bce(lambda s: s)),
        y_minus_yhat=(0, lambda g, v, a, y: times(g, (y - a) / (a * (1 - a)))),
        derivative_counted_twice=(0, lambda g, v, a, y: times(g, a - y)),
    ),
    lambda a, y: 0.02 < a < 0.98,
)
LINE = Operation(
    lambda w, x, b: w * x + b,
    (lambda g, v, w, x, b: times(g, x), lambda g, v, w, x, b: times(g, w), lambda g, v, w, x, b: g),
    _mistakes(
        other_variable=[
            (0, lambda g, v, w, x, b: times(g, w)),
            (1, lambda g, v, w, x, b: times(g, x)),
        ],
        product_rule_on_a_sum=(2, lambda g, v, w, x, b: times(g, w)),
        sign=(None, lambda w, x, b: w * x - b),
    ),
)
TWO_INPUTS = Operation(
    lambda w, x, u, h, b: w * x + u * h + b,
    (
        lambda g, v, w, x, u, h, b: times(g, x),
        lambda g, v, w, x, u, h, b: times(g, w),
        lambda g, v, w, x, u, h, b: times(g, h),
        lambda g, v, w, x, u, h, b: times(g, u),
        lambda g, v, w, x, u, h, b: g,
    ),
    _mistakes(
        other_variable=[
            (0, lambda g, v, w, x, u, h, b: times(g, w)),
            (1, lambda g, v, w, x, u, h, b: times(g, x)),
            (2, lambda g, v, w, x, u, h, b: times(g, u)),
            (3, lambda g, v, w, x, u, h, b: times(g, h)),
        ],
        sign=(None, lambda w, x, u, h, b: w * x + u * h - b),
    ),
)

# Arrays

LAYER = Operation(
    lambda W, x, b: W @ x + b,
    (
        lambda g, v, W, x, b: outer(g, x),
        lambda g, v, W, x, b: W.T @ g,
        lambda g, v, W, x, b: g,
    ),
    _mistakes(
        transposed=[
            (None, lambda W, x, b: W.T @ x + b),
            (0, lambda g, v, W, x, b: outer(x, g)),
            (1, lambda g, v, W, x, b: W @ g),
        ],
        Hadamard_for_a_product_of_matrices=[(0, lambda g, v, W, x, b: g * x)],
    ),
)
SOFTMAX = Operation(
    lambda z: call("softmax", z),
    (lambda g, v, z: v * (g - total(g * v)),),
    _mistakes(
        softmax_without_off_diagonal=(0, lambda g, v, z: g * v * (1 - v)),
        derivative_left_out=(0, lambda g, v, z: g),
    ),
    lambda z: np.max(np.abs(z)) < 4,
)
ENTROPY = Operation(
    lambda p, y: -total(y * call("log", p)),
    (lambda g, v, p, y: times(g, -(y / p)), lambda g, v, p, y: times(g, -call("log", p))),
    _mistakes(
        sign=[
            (None, lambda p, y: total(y * call("log", p))),
            (0, lambda g, v, p, y: times(g, y / p)),
        ],
        derivative_counted_twice=(0, lambda g, v, p, y: times(g, p - y)),
    ),
    lambda p, y: np.min(p) > 0.02,
)
HALF_SQUARES = Operation(
    lambda a, y: 0.5 * total((a - y) ** 2),
    (lambda g, v, a, y: times(g, a - y), lambda g, v, a, y: times(g, y - a)),
    _mistakes(
        y_minus_yhat=(0, lambda g, v, a, y: times(g, y - a)),
        absolute_error=(0, lambda g, v, a, y: times(g, call("abs", a - y))),
        half_left_out=[
            (None, lambda a, y: total((a - y) ** 2)),
            (0, lambda g, v, a, y: times(g, 2 * (a - y))),
        ],
    ),
)
ROWS = Operation(
    lambda X, w, b: X @ w + b,
    (
        lambda g, v, X, w, b: outer(g, w),
        lambda g, v, X, w, b: X.T @ g,
        lambda g, v, X, w, b: total(g),
    ),
    _mistakes(
        batch_sum_left_out=[
            (1, lambda g, v, X, w, b: call("first", X) * call("first", g)),
            (2, lambda g, v, X, w, b: call("first", g)),
        ],
        mean_for_sum=(2, lambda g, v, X, w, b: call("mean", g)),
        transposed=(1, lambda g, v, X, w, b: X @ g),
    ),
)
HIDDEN_ROWS = Operation(
    lambda X, W, b: X @ W + b,
    (
        lambda g, v, X, W, b: g @ W.T,
        lambda g, v, X, W, b: X.T @ g,
        lambda g, v, X, W, b: call("columns", g),
    ),
    _mistakes(
        batch_sum_left_out=(2, lambda g, v, X, W, b: call("first", g)),
        transposed=[
            (0, lambda g, v, X, W, b: g @ W),
            (1, lambda g, v, X, W, b: X @ g),
        ],
        factors_swapped=[
            (None, lambda X, W, b: W @ X + b),
            (0, lambda g, v, X, W, b: W.T @ g),
            (1, lambda g, v, X, W, b: g @ X.T),
        ],
        Hadamard_for_a_product_of_matrices=[
            (0, lambda g, v, X, W, b: g * W.T),
            (1, lambda g, v, X, W, b: X.T * g),
        ],
    ),
)


def mean_square(m):
    """Return the mean of squares of m errors."""
    return Operation(
        lambda a, y: call("mean", (a - y) ** 2),
        (
            lambda g, v, a, y: times(g, 2 * (a - y) / m),
            lambda g, v, a, y: times(g, 2 * (y - a) / m),
        ),
        _mistakes(
            y_minus_yhat=(0, lambda g, v, a, y: times(g, 2 * (y - a) / m)),
            one_over_m_left_out=[
                (0, lambda g, v, a, y: times(g, 2 * (a - y))),
                (None, lambda a, y: total((a - y) ** 2)),
            ],
            factor_2_left_out=(0, lambda g, v, a, y: times(g, (a - y) / m)),
            absolute_error=(0, lambda g, v, a, y: times(g, 2 * call("abs", a - y) / m)),
        ),
    )


def half_mean_square(m):
    """Return half the mean of squares of m errors, 1/2m Σ."""
    return Operation(
        lambda a, y: total((a - y) ** 2) / (2 * m),
        (lambda g, v, a, y: times(g, (a - y) / m), lambda g, v, a, y: times(g, (y - a) / m)),
        _mistakes(
            y_minus_yhat=(0, lambda g, v, a, y: times(g, (y - a) / m)),
            one_over_m_left_out=(0, lambda g, v, a, y: times(g, a - y)),
            half_left_out=[
                (0, lambda g, v, a, y: times(g, 2 * (a - y) / m)),
                (None, lambda a, y: total((a - y) ** 2) / m),
            ],
        ),
    )


def scores(d):
    """Return the scores of a query of d entries, K q/√d."""
    root = call("sqrt", d)
    return Operation(
        lambda K, q: K @ q / root,
        (
            lambda g, v, K, q: outer(g, q) / root,
            lambda g, v, K, q: K.T @ g / root,
        ),
        _mistakes(
            one_over_root_d_left_out=[
                (None, lambda K, q: K @ q),
                (0, lambda g, v, K, q: outer(g, q)),
                (1, lambda g, v, K, q: K.T @ g),
            ],
            transposed=[
                (1, lambda g, v, K, q: K @ g / root),
                (0, lambda g, v, K, q: outer(q, g) / root),
            ],
        ),
    )


MIX = Operation(
    lambda V, p: V.T @ p,
    (lambda g, v, V, p: outer(p, g), lambda g, v, V, p: V @ g),
    _mistakes(
        transposed=[
            (None, lambda V, p: V @ p),
            (0, lambda g, v, V, p: outer(g, p)),
            (1, lambda g, v, V, p: V.T @ g),
        ],
    ),
)
