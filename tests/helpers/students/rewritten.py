"""Right formulas and numbers in other forms."""

from __future__ import annotations

import numpy as np
import sympy as sp

from students.writing import Formula, call, formula, value

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + sp.exp(-z)),
    "tanh": sp.tanh,
    "exp": sp.exp,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "abs": sp.Abs,
}


def rewritten(of, draw, defined, known, most=0.4):
    """Return a formula that is equal: parts in other order, products put out, names put in.

    Parameters
    ----------
    defined
        The formula of each name that may be put in its place.
    known
        The value of each name, which tells arrays from numbers.
    """
    again = lambda part: rewritten(part, draw, defined, known, most)  # noqa: E731
    if of.head == "name":
        inside = defined.get(of.parts[0])
        return again(inside) if inside is not None and draw.random() < most / 2 else of
    if of.head == "number":
        return of
    parts = [again(part) if isinstance(part, Formula) else part for part in of.parts]
    same = Formula(of.head, tuple(parts))
    if draw.random() > most:
        return same
    ways = list(_ways(same, known))
    return draw.choice(ways) if ways else same


def _ways(of, known):
    numbers = [not np.ndim(value(part, known)) for part in of.parts if isinstance(part, Formula)]
    match of.head, of.parts:
        case "+", (a, b):
            yield b + a
            yield a - (-b)
        case "-", (a, b):
            yield -b + a
            yield -(b - a)
            yield a + formula(-1) * b
        case "neg", (a,):
            yield formula(-1) * a
            yield 0 - a if numbers[0] else -(1 * a)
        case "*", (a, b):
            yield b * a
            yield -((-a) * b)
            if b.head in ("+", "-"):
                yield Formula(b.head, (a * b.parts[0], a * b.parts[1]))
            if a.head in ("+", "-"):
                yield Formula(a.head, (a.parts[0] * b, a.parts[1] * b))
            if b.head == "*":
                yield (a * b.parts[0]) * b.parts[1]
        case "/", (a, b):
            yield a * (1 / b)
            yield -a / (-b)
            if a.head in ("+", "-"):
                yield Formula(a.head, (a.parts[0] / b, a.parts[1] / b))
        case "^", (a, Formula(parts=("2",))):
            yield a * a
            if a.head == "-":
                yield (a.parts[1] - a.parts[0]) ** 2
                yield a.parts[0] ** 2 - 2 * a.parts[0] * a.parts[1] + a.parts[1] ** 2
        case "@", (a, b):
            if all(np.ndim(value(part, known)) == 2 for part in of.parts):
                yield (b.T @ a.T).T
            elif np.ndim(value(a, known)) == 2:
                yield b @ a.T
            yield (2 * a) @ b / 2
        case "T", (Formula(head="@", parts=(a, b)),):
            yield b.T @ a.T
        case "call", ("sigmoid", a):
            yield 1 / (1 + call("exp", -a))
            yield call("exp", a) / (1 + call("exp", a))
            yield (1 + call("tanh", a / 2)) / 2
        case "call", ("tanh", a):
            yield 2 * call("sigmoid", 2 * a) - 1
            yield (call("exp", a) - call("exp", -a)) / (call("exp", a) + call("exp", -a))
        case "call", ("sum", a):
            yield call("mean", a) * int(np.size(value(a, known)))
        case "call", ("mean", a):
            yield call("sum", a) / int(np.size(value(a, known)))
        case "call", ("log", Formula(head="/", parts=(a, b))):
            yield call("log", a) - call("log", b)
        case "call", ("outer", a, b):
            yield call("outer", b, a).T
        case "call", ("columns", a):
            yield 2 * call("columns", a / 2)


def by_sympy(of, draw):
    """Return a formula of numbers as SymPy rewrites and prints it; None for another."""
    try:
        symbolic = _symbolic(of)
    except KeyError:
        return None
    ways = {
        "expanded": sp.expand,
        "factored": sp.factor,
        "together": sp.together,
        "powers together": sp.powsimp,
        "reordered": lambda s: sp.Add(*reversed(s.as_ordered_terms()), evaluate=False),
    }
    shown = str(ways[draw.choice(sorted(ways))](symbolic))
    return shown if len(shown) < 600 else None


def _symbolic(of):
    match of.head, of.parts:
        case "number", (shown,):
            return sp.Rational(shown)
        case "name", (shown,):
            if "/" in shown or "@" in shown:
                raise KeyError(shown)
            return sp.Symbol(shown, real=True)
        case "call", (function, *parts):
            return FUNCTIONS[function](*map(_symbolic, parts))
        case "neg", (a,):
            return -_symbolic(a)
        case "+", (a, b):
            return _symbolic(a) + _symbolic(b)
        case "-", (a, b):
            return _symbolic(a) - _symbolic(b)
        case "*", (a, b):
            return _symbolic(a) * _symbolic(b)
        case "/", (a, b):
            return _symbolic(a) / _symbolic(b)
        case "^", (a, b):
            return _symbolic(a) ** _symbolic(b)
    raise KeyError(of.head)


def put_in(of, defined, leaves):
    """Return a formula of the leaves alone: each other name by what it is."""
    return of.mapped(
        lambda part: (
            part
            if part.head == "number" or part.parts[0] in leaves
            else put_in(defined[part.parts[0]], defined, leaves)
        )
    )


def as_numbers(right, draw):
    """Yield a right number or array in the forms of programs and of paper: what it is, and a claim."""
    digits = draw.randint(1, 17)
    yield f"{digits} digits", _nested(right, lambda x: _not_whole(f"{x:.{digits}g}", x))
    places = draw.randint(1, 6)
    if np.min(np.abs(right)) >= 10.0**-places:
        yield "places", _nested(right, lambda x: f"{x:.{places}f}")
    yield "float64", right.tolist() if np.ndim(right) else float(right)
    yield "repr of float64", repr(right)
    single = np.float32(right)
    yield "float32", single
    yield "text of float32", str(single) if not np.ndim(right) else str(single.tolist())
    yield "scientific", _nested(right, lambda x: f"{x:.{draw.randint(0, 9)}e}")


def _not_whole(shown, number):
    """Return a rounded number as one: with a point, since whole numbers are exact."""
    return shown if "." in shown or "e" in shown or float(shown) == number else f"{number:.1f}"


def _nested(of, show):
    return str([_nested(part, show) for part in of]).replace("'", "") if np.ndim(of) else show(of)
